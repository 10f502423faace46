package io.lastmile.api.keys;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What a key is good for. */
public enum Scope {
    /** Posting messages and taking them back. */
    SEND,
    /** Asking about messages, devices, channels and broadcasts, and listening to receipts. */
    READ,
    /** Joining and leaving channels for devices, and broadcasting to them. */
    CHANNELS,
    /** Sending messages once more, and asking how that goes. */
    REPLAY,
    /** What concerns the installation as a whole: its nodes. */
    ADMIN;

    /** The word in the file. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The scope of that word. */
    public static Optional<Scope> ofLabel(String label) {
        return Arrays.stream(values()).filter(scope -> scope.label().equals(label)).findFirst();
    }
}
