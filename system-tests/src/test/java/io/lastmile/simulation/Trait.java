package io.lastmile.simulation;

/** Something about producers, devices or Kafka that a seed may have, beside what goes wrong. */
enum Trait {
    /** Messages with seconds to live, or none. */
    SHORT_TTLS,
    /** Devices that leave messages unacknowledged. */
    STUCK_DEVICES,
    /** Devices that refuse messages. */
    REFUSING_DEVICES,
    /** Devices that subscribe at QoS 0. */
    QOS_0_DEVICES,
    /** Messages that replace earlier ones. */
    COLLAPSE_KEYS,
    /** Producers that take messages back: in time, too late, and some that never were. */
    CANCELS,
    /** Producers that repeat messages with their idempotency key. */
    IDEMPOTENCY_KEYS,
    /** Messages for later. */
    NOT_BEFORE,
    /** A producer whose partitioner is another. */
    MISPLACED_RECORDS,
    /** A producer that copies records which owners have appended again. */
    COPIED_RECORDS,
    /** A producer of nonsense: no device for a key, tombstones, broken headers, long payloads. */
    UNREADABLE_RECORDS,
    /** Members, and broadcasts to them. */
    BROADCASTS,
    /** Brokers whose clocks do not agree. */
    BROKER_CLOCKS,
    /** Routers and edges whose clocks are wrong, and are set now and then. */
    PROCESS_CLOCKS
}
