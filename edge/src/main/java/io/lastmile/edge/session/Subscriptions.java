package io.lastmile.edge.session;

/**
 * Which of the inbox filters a connection has subscribed to. There are so few possibilities that
 * all connections share the same 64 values.
 */
final class Subscriptions {
    private static final int FILTERS = 3;
    private static final Subscriptions[] ALL = new Subscriptions[1 << (2 * FILTERS)];

    static {
        for (int i = 0; i < ALL.length; i++) {
            ALL[i] = new Subscriptions(i >> FILTERS, i & ((1 << FILTERS) - 1));
        }
    }

    /** To nothing. */
    static final Subscriptions NONE = of(0, 0);

    private final int filters;
    private final int atQos1;

    private Subscriptions(int filters, int atQos1) {
        this.filters = filters;
        this.atQos1 = atQos1;
    }

    private static Subscriptions of(int filters, int atQos1) {
        return ALL[(filters << FILTERS) | atQos1];
    }

    /** With this filter, at this quality of service. */
    Subscriptions with(InboxFilter filter, int qos) {
        Subscriptions others = without(filter);
        int bit = filter.bit();
        return of(others.filters | bit, qos > 0 ? others.atQos1 | bit : others.atQos1);
    }

    /** Without this filter. */
    Subscriptions without(InboxFilter filter) {
        return of(filters & ~filter.bit(), atQos1 & ~filter.bit());
    }

    boolean has(InboxFilter filter) {
        return (filters & filter.bit()) != 0;
    }

    boolean isEmpty() {
        return filters == 0;
    }

    /**
     * The highest that was asked for with a filter that the topic matches, as for any overlapping
     * filters (MQTT 5, section 3.3.4).
     */
    int qos() {
        int matching = showId() ? filters & ~InboxFilter.PLAIN.bit() : filters;
        return (atQos1 & matching) == 0 ? 0 : 1;
    }

    /** To which topic something goes: the device is subscribed to it, if to any. */
    int topic(Given given) {
        if (showId()) {
            return Given.INBOX_WITH_ID;
        }
        boolean isCopy = given instanceof Given.Copy;
        return isCopy && isEmpty() ? Given.FIRST_CHANNEL : Given.INBOX;
    }

    /** Whether the topic is to show the message's id. */
    private boolean showId() {
        return (filters & ~InboxFilter.PLAIN.bit()) != 0;
    }
}
