package io.lastmile.wire;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The address of a device: 1 to 128 characters of {@code [A-Za-z0-9._:~@-]}, but not {@code .} or
 * {@code ..}, which every client takes out of a URL (RFC 3986, section 5.2.4). It is the record key
 * in the topics and the MQTT client identifier. Kept as its bytes alone: there are a great many.
 */
public final class DeviceId implements Comparable<DeviceId> {
    /** The longest id, in characters; as all of them are ASCII, also in bytes. */
    public static final int LENGTH_MAX = 128;

    /** What to tell somebody whose id was refused. */
    public static final String RULE =
            "a device id is 1 to "
                    + LENGTH_MAX
                    + " characters of A-Z a-z 0-9 . _ : ~ @ -, but not . or ..";

    private final byte[] ascii;

    /**
     * @throws IllegalArgumentException naming the rule, where the value breaks it
     */
    public DeviceId(String value) {
        if (!isValid(value)) {
            throw new IllegalArgumentException(RULE);
        }
        ascii = value.getBytes(StandardCharsets.US_ASCII);
    }

    private DeviceId(byte[] ascii) {
        this.ascii = ascii;
    }

    /** The device id of these characters, which the caller gives away; null where they are none. */
    public static @Nullable DeviceId ofBytes(byte[] ascii) {
        if (ascii.length == 0 || ascii.length > LENGTH_MAX) {
            return null;
        }
        for (byte character : ascii) {
            if (!isAllowed((char) (character & 0xff))) {
                return null;
            }
        }
        return isDots(ascii.length, ascii[0], ascii[ascii.length - 1]) ? null : new DeviceId(ascii);
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
        return !isDots(length, text.charAt(0), text.charAt(length - 1));
    }

    /** Whether it is a segment that a path cannot have. */
    private static boolean isDots(int length, int first, int last) {
        return length <= 2 && first == '.' && last == '.';
    }

    private static boolean isAllowed(char c) {
        return Incarnation.isAllowed(c) || c == ':' || c == '~' || c == '@';
    }

    /** Its characters. */
    public String value() {
        return new String(ascii, StandardCharsets.US_ASCII);
    }

    /** How many characters it has. */
    public int length() {
        return ascii.length;
    }

    /** Whether its characters are these bytes, without making anything of either. */
    public boolean isAt(byte[] bytes, int from, int length) {
        return Arrays.equals(ascii, 0, ascii.length, bytes, from, from + length);
    }

    /** The record key of this device in every topic. */
    public byte[] bytes() {
        return ascii.clone();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof DeviceId id && Arrays.equals(ascii, id.ascii);
    }

    /** That of its characters, as {@link String#hashCode} has it. */
    @Override
    public int hashCode() {
        int hash = 0;
        for (byte character : ascii) {
            hash = 31 * hash + character;
        }
        return hash;
    }

    @Override
    public int compareTo(DeviceId other) {
        return Arrays.compare(ascii, other.ascii);
    }

    @Override
    public String toString() {
        return value();
    }
}
