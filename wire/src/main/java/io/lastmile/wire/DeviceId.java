package io.lastmile.wire;

import java.nio.charset.StandardCharsets;

/**
 * The address of a device: 1 to 128 characters of {@code [A-Za-z0-9._:~@-]}. It is the record key
 * in the topics and the MQTT client identifier.
 */
public record DeviceId(String value) implements Comparable<DeviceId> {
    /** The longest id, in characters; as all of them are ASCII, also in bytes. */
    public static final int LENGTH_MAX = 128;

    /** What to tell somebody whose id was refused. */
    public static final String RULE =
            "a device id is 1 to " + LENGTH_MAX + " characters of A-Z a-z 0-9 . _ : ~ @ -";

    /**
     * @throws IllegalArgumentException naming the rule, where the value breaks it
     */
    public DeviceId {
        if (!isValid(value)) {
            throw new IllegalArgumentException(RULE);
        }
    }

    /** Whether the text may be a device id; for callers that answer a peer rather than throw. */
    public static boolean isValid(CharSequence text) {
        int length = text.length();
        if (length == 0 || length > LENGTH_MAX) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (!isAllowed(text.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isAllowed(char c) {
        return Incarnation.isAllowed(c) || c == ':' || c == '~' || c == '@';
    }

    /** The record key of this device in every topic. */
    public byte[] bytes() {
        return value.getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public int compareTo(DeviceId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
