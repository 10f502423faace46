package io.lastmile.edge.kafka;

import io.lastmile.node.Metric;
import io.lastmile.wire.record.Topic;

/** What a writer of its own writes. */
enum Lane {
    /** Events of sessions. */
    EVENTS("events", Topic.EVENTS, Metric.EDGE_EVENTS_PENDING),
    /** Joins and leaves. */
    MEMBERS("members", Topic.MESSAGES, Metric.EDGE_MEMBERS_PENDING);

    private final String label;
    private final Topic topic;
    private final Metric pending;

    Lane(String label, Topic topic, Metric pending) {
        this.label = label;
        this.topic = topic;
        this.pending = pending;
    }

    /** In the names of its thread and its client, and in logs. */
    String label() {
        return label;
    }

    Topic topic() {
        return topic;
    }

    /** The figure of what Kafka has not confirmed. */
    Metric pending() {
        return pending;
    }
}
