package io.lastmile.wire;

/**
 * Where a membership comes from. A device may be in a channel by several sources at once; a leave
 * ends only that of its own source.
 */
public sealed interface MemberSource {
    /** What to tell somebody whose source was refused. */
    String RULE = "api, device, or session:<edge>/<incarnation>/<number>@<offset>";

    /** The API or another producer: it lasts until it is taken back. */
    MemberSource API = new Api();

    /** The device, which asked for it to last: until it unsubscribes. */
    MemberSource DEVICE = new Device();

    /** See {@link #API}. */
    record Api() implements MemberSource {
        @Override
        public String toString() {
            return "api";
        }
    }

    /** See {@link #DEVICE}. */
    record Device() implements MemberSource {
        @Override
        public String toString() {
            return "device";
        }
    }

    /**
     * A session of the device: it ends with that.
     *
     * @param openedOffset of the session's first {@code opened} in events
     */
    record OfSession(SessionId session, long openedOffset) implements MemberSource {
        /**
         * @throws IllegalArgumentException where the offset is negative
         */
        public OfSession {
            if (openedOffset < 0) {
                throw new IllegalArgumentException(RULE);
            }
        }

        @Override
        public String toString() {
            return "session:" + session + "@" + openedOffset;
        }
    }

    /**
     * Reads what its text is.
     *
     * @throws IllegalArgumentException naming the rule
     */
    static MemberSource parse(String text) {
        return switch (text) {
            case "api" -> API;
            case "device" -> DEVICE;
            default -> ofSession(text);
        };
    }

    private static MemberSource ofSession(String text) {
        int at = text.lastIndexOf('@');
        if (!text.startsWith("session:") || at < 0) {
            throw new IllegalArgumentException(RULE);
        }
        try {
            MemberSource source =
                    new OfSession(
                            SessionId.parse(text.substring("session:".length(), at)),
                            Long.parseLong(text, at + 1, text.length(), 10));
            if (!source.toString().equals(text)) {
                throw new IllegalArgumentException(RULE);
            }
            return source;
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(RULE, e);
        }
    }
}
