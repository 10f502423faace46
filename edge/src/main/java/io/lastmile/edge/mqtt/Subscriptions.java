package io.lastmile.edge.mqtt;

/** Which of the inbox filters a connection has subscribed to, in two bytes. One thread. */
final class Subscriptions {
    private byte filters;
    private byte atQos1;

    void add(InboxFilter filter, int qos) {
        remove(filter);
        filters |= (byte) filter.bit();
        if (qos > 0) {
            atQos1 |= (byte) filter.bit();
        }
    }

    /** Whether it was there. */
    boolean remove(InboxFilter filter) {
        boolean there = (filters & filter.bit()) != 0;
        filters &= (byte) ~filter.bit();
        atQos1 &= (byte) ~filter.bit();
        return there;
    }

    boolean isEmpty() {
        return filters == 0;
    }

    /** The highest that was asked for, as for any overlapping filters (MQTT 5, section 3.3.4). */
    int qos() {
        return atQos1 == 0 ? 0 : 1;
    }

    /** Whether the topic is to show the message's id. */
    boolean showId() {
        return (filters & ~InboxFilter.PLAIN.bit()) != 0;
    }
}
