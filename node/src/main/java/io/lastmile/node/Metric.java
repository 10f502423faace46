package io.lastmile.node;

import java.util.List;
import java.util.Locale;

/**
 * Every metric of every service. The name is {@code lastmile_}, then the constant's name, then the
 * unit where the constant does not end with it, then {@code total} for a counter; docs/metrics.md
 * is made from this list.
 */
public enum Metric {
    NODE_UP(Kind.GAUGE, Unit.NONE, "1 while the node runs", "role"),
    NODE_HEARTBEATS(
            Kind.COUNTER,
            Unit.RECORDS,
            "heartbeats that Kafka confirmed or refused",
            "role",
            "result"),
    NODE_HEARTBEAT_AGE(
            Kind.GAUGE, Unit.SECONDS, "time since Kafka last confirmed a heartbeat", "role"),
    NODE_SET_ASIDE(
            Kind.COUNTER,
            Unit.RECORDS,
            "records that a reader could not use and passed over",
            "topic"),
    NODE_TASK(Kind.COUNTER, Unit.FAILURES, "times that a task failed by a bug; it went on", "task"),
    NODE_REVOCATIONS_KNOWN(Kind.GAUGE, Unit.DEVICES, "devices that may not connect"),
    NODE_VIEW_ALIVE(Kind.GAUGE, Unit.NODES, "incarnations in nodes that are not gone", "role"),

    API_ACCEPTED(Kind.COUNTER, Unit.MESSAGES, "messages that Kafka has with acks=all"),
    API_PAYLOAD(Kind.COUNTER, Unit.BYTES, "payload bytes of accepted messages"),
    API_HTTP(Kind.COUNTER, Unit.REQUESTS, "answers given", "route", "status"),
    API_HTTP_DURATION(Kind.HISTOGRAM, Unit.SECONDS, "from a request's head to its answer", "route"),
    API_SEND_DURATION(
            Kind.HISTOGRAM, Unit.SECONDS, "from handing a message to the producer to acks=all"),
    API_SEND_FAILED(Kind.COUNTER, Unit.MESSAGES, "messages that were not accepted", "reason"),
    API_RECEIPT_STREAMS(Kind.GAUGE, Unit.STREAMS, "streams of receipts that are open"),
    API_TRACE(Kind.COUNTER, Unit.SPANS, "spans that a collector took, or that were let go", "fate"),
    API_TRACE_FORGOTTEN(
            Kind.COUNTER,
            Unit.MESSAGES,
            "messages whose trace context gave way before they were settled"),
    API_IN_FLIGHT(Kind.GAUGE, Unit.BYTES, "bytes handed to the producer and not yet confirmed"),
    API_BATCH_WINDOW(
            Kind.GAUGE,
            Unit.MESSAGES,
            "messages of batches that may be on their way to Kafka at once"),

    ROUTER_OWNED(Kind.GAUGE, Unit.PARTITIONS, "partitions owned"),
    ROUTER_CLAIMS(Kind.COUNTER, Unit.PARTITIONS, "claims of partitions", "result"),
    ROUTER_CLAIMING(Kind.GAUGE, Unit.PARTITIONS, "claims under way"),
    ROUTER_RESTORED(
            Kind.COUNTER, Unit.RECORDS, "records of their state that claims read back", "topic"),
    ROUTER_CLAIM_DURATION(Kind.HISTOGRAM, Unit.SECONDS, "from assignment to the first delivery"),
    ROUTER_READ(Kind.COUNTER, Unit.MESSAGES, "messages read"),
    ROUTER_BROADCASTS_READ(Kind.COUNTER, Unit.RECORDS, "records of broadcasts read"),
    ROUTER_EVENTS(Kind.COUNTER, Unit.RECORDS, "edge events read", "type"),
    ROUTER_SENT(Kind.COUNTER, Unit.MESSAGES, "messages sent to edges"),
    ROUTER_SETTLED(Kind.COUNTER, Unit.MESSAGES, "messages that came to their outcome", "outcome"),
    ROUTER_PARKED(Kind.COUNTER, Unit.MESSAGES, "messages put into the durable inbox"),
    ROUTER_REJECTED(
            Kind.COUNTER,
            Unit.RECORDS,
            "records that could not be understood and went to rejects",
            "topic"),
    ROUTER_REAPPENDED(Kind.COUNTER, Unit.MESSAGES, "messages appended again", "reason"),
    ROUTER_UNSETTLED(Kind.GAUGE, Unit.MESSAGES, "unsettled messages of owned partitions"),
    ROUTER_LAG(
            Kind.GAUGE,
            Unit.MESSAGES,
            "from the read position to the end of messages, what is held back included"),
    ROUTER_HELD_BACK(
            Kind.GAUGE, Unit.RECORDS, "records of messages behind a producer's open transaction"),
    ROUTER_HELD_BACK_DURATION(
            Kind.GAUGE,
            Unit.SECONDS,
            "for how long an open transaction has held back a partition of messages"),
    ROUTER_ONLINE(Kind.GAUGE, Unit.SESSIONS, "sessions that own a device of an owned partition"),
    ROUTER_AWAKE(Kind.GAUGE, Unit.DEVICES, "devices that something is happening to"),
    ROUTER_COMMITS(Kind.COUNTER, Unit.TRANSACTIONS, "transactions", "result"),
    ROUTER_COMMIT_DURATION(Kind.HISTOGRAM, Unit.SECONDS, "from begin to committed"),
    ROUTER_DELIVERY_DURATION(Kind.HISTOGRAM, Unit.SECONDS, "from a message's append to its acked"),
    ROUTER_LOG_GAPS(
            Kind.COUNTER,
            Unit.PARTITIONS,
            "checkpoints whose position a log does not have",
            "topic"),
    ROUTER_BODIES(Kind.COUNTER, Unit.MESSAGES, "bodies asked for", "topic", "result"),
    ROUTER_BODY_CACHE(Kind.GAUGE, Unit.BYTES, "bodies in memory", "topic"),
    ROUTER_HOPS(Kind.GAUGE, Unit.CONNECTIONS, "hops to edges", "state"),
    ROUTER_HOPS_FAILED(
            Kind.COUNTER, Unit.CONNECTIONS, "hops that were tried and not made, tried again"),

    EDGE_OPEN(Kind.GAUGE, Unit.CONNECTIONS, "open device connections"),
    EDGE_ARRIVING(
            Kind.GAUGE, Unit.CONNECTIONS, "open device connections without an answered CONNECT"),
    EDGE_ACCEPT(
            Kind.COUNTER,
            Unit.PAUSES,
            "times that devices were left in the kernel's queue",
            "reason"),
    EDGE_NO_CONNECT(
            Kind.COUNTER, Unit.CONNECTIONS, "connections that ended before a CONNECT", "reason"),
    EDGE_TRAFFIC(Kind.COUNTER, Unit.BYTES, "bytes of MQTT, without TLS and WebSocket", "direction"),
    EDGE_CONNECTS(Kind.COUNTER, Unit.CONNECTIONS, "CONNECTs, by their answer", "result"),
    EDGE_SUBSCRIBED(Kind.GAUGE, Unit.SESSIONS, "open sessions"),
    EDGE_ENDED(Kind.COUNTER, Unit.SESSIONS, "sessions that ended", "reason"),
    EDGE_PUBLISHED(Kind.COUNTER, Unit.MESSAGES, "messages written to devices", "qos"),
    EDGE_HELD(
            Kind.GAUGE, Unit.MESSAGES, "not urgent messages that wait for the device's own packet"),
    EDGE_HELD_PAYLOAD(Kind.GAUGE, Unit.BYTES, "payloads of messages that wait so"),
    EDGE_ACKED(Kind.COUNTER, Unit.MESSAGES, "messages that devices acknowledged"),
    EDGE_STRAY_PUBACKS(
            Kind.COUNTER,
            Unit.PACKETS,
            "PUBACKs for no message that its session has open: too late, or repeated"),
    EDGE_DROPPED(
            Kind.COUNTER,
            Unit.MESSAGES,
            "messages that devices published; nobody gets them",
            "qos"),
    EDGE_ACK_DURATION(Kind.HISTOGRAM, Unit.SECONDS, "from PUBLISH to PUBACK"),
    EDGE_EVENTS(Kind.COUNTER, Unit.RECORDS, "events that Kafka confirmed", "type"),
    EDGE_EVENTS_PENDING(Kind.GAUGE, Unit.RECORDS, "events not yet confirmed"),
    EDGE_MEMBERS(
            Kind.COUNTER, Unit.RECORDS, "joins and leaves of devices that Kafka confirmed", "type"),
    EDGE_MEMBERS_PENDING(Kind.GAUGE, Unit.RECORDS, "joins and leaves not yet confirmed"),
    EDGE_EVENT_DURATION(Kind.HISTOGRAM, Unit.SECONDS, "from writing an event to its confirmation"),
    EDGE_PROTOCOL_ERRORS(
            Kind.COUNTER,
            Unit.CONNECTIONS,
            "connections closed for breaking the protocol",
            "reason"),
    EDGE_HOPS(Kind.GAUGE, Unit.CONNECTIONS, "hops of routers"),
    EDGE_HOPS_REFUSED(
            Kind.COUNTER, Unit.CONNECTIONS, "hops of whoever has another hop.secret, refused"),
    EDGE_HOP_FRAMES(Kind.COUNTER, Unit.FRAMES, "hop frames", "direction", "type"),
    EDGE_NOT_HERE(Kind.COUNTER, Unit.MESSAGES, "messages for sessions that had ended");

    /** How a metric moves. */
    public enum Kind {
        COUNTER,
        GAUGE,
        HISTOGRAM
    }

    /** What a metric counts in. */
    public enum Unit {
        SECONDS,
        BYTES,
        /** One or none: the name says it. */
        NONE,
        MESSAGES,
        DEVICES,
        RECORDS,
        FAILURES,
        SESSIONS,
        CONNECTIONS,
        REQUESTS,
        TRANSACTIONS,
        PARTITIONS,
        STREAMS,
        SPANS,
        FRAMES,
        PACKETS,
        NODES,
        PAUSES;

        /** The word in the metric's name; empty where it has none. */
        public String suffix() {
            return this == NONE ? "" : name().toLowerCase(Locale.ROOT);
        }
    }

    private final Kind kind;
    private final Unit unit;
    private final String description;

    @SuppressWarnings("ImmutableEnumChecker") // of List.of, which nobody can change
    private final List<String> labels;

    Metric(Kind kind, Unit unit, String description, String... labels) {
        this.kind = kind;
        this.unit = unit;
        this.description = description;
        this.labels = List.of(labels);
    }

    /** The name in Prometheus. */
    public String metricName() {
        String stem = "lastmile_" + name().toLowerCase(Locale.ROOT);
        boolean isSaid = unit == Unit.NONE || stem.endsWith("_" + unit.suffix());
        String withUnit = isSaid ? stem : stem + "_" + unit.suffix();
        return kind == Kind.COUNTER ? withUnit + "_total" : withUnit;
    }

    /** How it moves. */
    public Kind kind() {
        return kind;
    }

    /** What it counts in. */
    public Unit unit() {
        return unit;
    }

    /** What it is, in words. */
    public String description() {
        return description;
    }

    /** The names of its labels. */
    public List<String> labels() {
        return labels;
    }
}
