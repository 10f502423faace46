package io.lastmile.api.figures;

import io.lastmile.node.Metric;
import java.util.Locale;

/** A part of a message's way that takes time, and the histogram that measures it. */
enum Stage {
    /** From the API's send to Kafka's acks=all. */
    ACCEPTED(Metric.API_SEND_DURATION),
    /** From the append to the router's reading that the device acknowledged. */
    DELIVERED(Metric.ROUTER_DELIVERY_DURATION),
    /** From PUBLISH to PUBACK. */
    ACKNOWLEDGED(Metric.EDGE_ACK_DURATION),
    /** From the edge's event to Kafka's confirmation. */
    REPORTED(Metric.EDGE_EVENT_DURATION),
    /** A transaction, from begin to committed. */
    COMMITTED(Metric.ROUTER_COMMIT_DURATION);

    private final Metric histogram;

    Stage(Metric histogram) {
        this.histogram = histogram;
    }

    Metric histogram() {
        return histogram;
    }

    /** The word in JSON. */
    String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
