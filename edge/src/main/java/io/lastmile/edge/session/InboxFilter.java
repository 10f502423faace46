package io.lastmile.edge.session;

import org.jspecify.annotations.Nullable;

/** The topic filters that a device may subscribe to; all of them mean its own inbox. */
enum InboxFilter {
    /** The topic is {@code inbox}. */
    PLAIN("inbox", 1),
    /** The topic is {@code inbox/<message id>}. */
    ONE_LEVEL("inbox/+", 2),
    /** The topic is {@code inbox/<message id>}. */
    ALL_LEVELS("inbox/#", 4);

    private final String text;
    private final int bit;

    InboxFilter(String text, int bit) {
        this.text = text;
        this.bit = bit;
    }

    /** A bit of its own. */
    int bit() {
        return bit;
    }

    /** The filter of that text; null where it is none of these. */
    static @Nullable InboxFilter of(String text) {
        for (InboxFilter filter : values()) {
            if (filter.text.equals(text)) {
                return filter;
            }
        }
        return null;
    }

    /** Why a topic filter that is none of these is refused. */
    static ReasonCode refusal(String text) {
        if (text.startsWith("$share/")) {
            return ReasonCode.SHARED_SUBSCRIPTIONS_NOT_SUPPORTED;
        }
        if (ChannelFilter.isMeant(text) && (text.indexOf('+') >= 0 || text.indexOf('#') >= 0)) {
            return ReasonCode.WILDCARD_SUBSCRIPTIONS_NOT_SUPPORTED;
        }
        return ReasonCode.TOPIC_FILTER_INVALID; // wildcards as such there are: inbox/+
    }
}
