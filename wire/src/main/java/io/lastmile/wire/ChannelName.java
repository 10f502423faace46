package io.lastmile.wire;

/**
 * The name of a channel, a named set of devices: 1 to 128 characters of {@code [A-Za-z0-9._:~@-]},
 * but not {@code .} or {@code ..}, as a device id.
 */
public record ChannelName(String value) implements Comparable<ChannelName> {
    /** The longest name, in characters; as all of them are ASCII, also in bytes. */
    public static final int LENGTH_MAX = DeviceId.LENGTH_MAX;

    /** What to tell somebody whose name was refused. */
    public static final String RULE =
            "a channel name is 1 to "
                    + LENGTH_MAX
                    + " characters of A-Z a-z 0-9 . _ : ~ @ -, but not . or ..";

    /**
     * @throws IllegalArgumentException naming the rule, where the value breaks it
     */
    public ChannelName {
        if (!isValid(value)) {
            throw new IllegalArgumentException(RULE);
        }
    }

    /** Whether the text may be a channel name; for callers that answer a peer rather than throw. */
    public static boolean isValid(CharSequence text) {
        return DeviceId.isValid(text);
    }

    @Override
    public int compareTo(ChannelName other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
