package io.lastmile.edge.session;

import org.jspecify.annotations.Nullable;

/**
 * What a connection has subscribed to. Of inbox filters there are so few possibilities that all
 * connections without channels share the same 64 values.
 */
final class Subscriptions {
    private static final int FILTERS = 3;
    private static final Subscriptions[] ALL = new Subscriptions[1 << (2 * FILTERS)];

    static {
        for (int i = 0; i < ALL.length; i++) {
            ALL[i] = new Subscriptions(i >> FILTERS, i & ((1 << FILTERS) - 1), null);
        }
    }

    /** To nothing. */
    static final Subscriptions NONE = of(0, 0);

    private final int filters;
    private final int atQos1;
    private final @Nullable ChannelSubscriptions channels;

    private Subscriptions(int filters, int atQos1, @Nullable ChannelSubscriptions channels) {
        this.filters = filters;
        this.atQos1 = atQos1;
        this.channels = channels;
    }

    private static Subscriptions of(int filters, int atQos1) {
        return ALL[(filters << FILTERS) | atQos1];
    }

    private Subscriptions inboxOf(int newFilters, int newAtQos1) {
        return channels == null
                ? of(newFilters, newAtQos1)
                : new Subscriptions(newFilters, newAtQos1, channels);
    }

    /** With this filter, at this quality of service. */
    Subscriptions with(InboxFilter filter, int qos) {
        int bit = filter.bit();
        int others = atQos1 & ~bit;
        return inboxOf(filters | bit, qos > 0 ? others | bit : others);
    }

    /** Without this filter. */
    Subscriptions without(InboxFilter filter) {
        return inboxOf(filters & ~filter.bit(), atQos1 & ~filter.bit());
    }

    boolean has(InboxFilter filter) {
        return (filters & filter.bit()) != 0;
    }

    /** Those of channels; null where there is nothing to remember of them. */
    @Nullable ChannelSubscriptions channels() {
        return channels;
    }

    /** With these of channels. */
    Subscriptions with(ChannelSubscriptions ofChannels) {
        return new Subscriptions(filters, atQos1, ofChannels);
    }

    /** As they are, without an object of its own where there is nothing to remember of channels. */
    Subscriptions compact() {
        return channels != null && channels.isNothing() ? of(filters, atQos1) : this;
    }

    /** Whether there is one of the inbox. */
    boolean isOfInbox() {
        return filters != 0;
    }

    boolean isEmpty() {
        return filters == 0 && (channels == null || !channels.isAny());
    }

    /**
     * The highest that was asked for with a filter that the topic matches, as for any overlapping
     * filters (MQTT 5, section 3.3.4). Without the inbox, that of channels.
     */
    int qos() {
        if (filters == 0) {
            return channels == null ? 0 : channels.qos();
        }
        int matching = showId() ? filters & ~InboxFilter.PLAIN.bit() : filters;
        return (atQos1 & matching) == 0 ? 0 : 1;
    }

    /** That for what goes to this topic. */
    int qos(Given given, int topic) {
        if (channels != null
                && topic >= Given.FIRST_CHANNEL
                && given instanceof Given.Copy copy
                && channels.topic(copy.broadcast()) == topic) {
            return channels.qos(copy.broadcast().channels().get(topic - Given.FIRST_CHANNEL));
        }
        return qos();
    }

    /** To which topic something goes: the device is subscribed to it, if to any. */
    int topic(Given given) {
        boolean isCopy = given instanceof Given.Copy;
        if (channels != null && given instanceof Given.Copy copy) {
            int topic = channels.topic(copy.broadcast());
            if (topic >= 0) {
                return topic;
            }
        }
        if (showId()) {
            return Given.INBOX_WITH_ID;
        }
        return isCopy && filters == 0 ? Given.FIRST_CHANNEL : Given.INBOX;
    }

    /** Whether the topic is to show the message's id. */
    private boolean showId() {
        return (filters & ~InboxFilter.PLAIN.bit()) != 0;
    }
}
