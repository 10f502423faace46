package io.lastmile.simulation;

/** What must hold in every run. */
enum Invariant {
    /** Each accepted message ends, and what is said to be delivered was received. */
    NOTHING_LOST("nothing accepted is lost"),
    /** The device sees the offsets of one session rise. */
    OFFSETS_RISE("offsets only rise within a session"),
    /** The device sees no message twice in one session. */
    SENT_ONCE("at most one send of a message in a session"),
    /** One receipt a message, and none that its owner could not know to be true. */
    ONE_OUTCOME("exactly one terminal outcome of a message"),
    /** An outcome other than delivery has what it takes. */
    DESERVED("expired, overflowed, replaced, cancelled and rejected for a reason only"),
    /** What is to end, ends: it is not sent any more. */
    ENDING_IS_KEPT("what is replaced, cancelled or over is not sent any more"),
    /** Of messages with one idempotency key in its window only the first goes to the device. */
    KEY_GOES_ONCE("a repeated idempotency key is not delivered"),
    /** A device gets nothing before its time. */
    NOT_BEFORE("nothing is sent before its time"),
    /** A device gets its own messages, as they were accepted. */
    AS_ACCEPTED("a device gets what was accepted for it"),
    /** Whatever is below the committed watermark is settled or parked. */
    WATERMARK("the watermark never passes an unsettled and unparked message"),
    /** A node that beats is not declared gone. */
    GONE_FOR_A_REASON("a node is gone only after heartbeats of a router with none of its own"),
    /** A claim fences by what stands in nodes now, and its router is awake. */
    FENCED_FOR_A_REASON("a claim fences once nodes is read to its end, with a fresh heartbeat"),
    /** An owner does not wait for an acknowledgement that cannot come. */
    TAKEN_FOR_SENT("what is taken for in flight in a session was given to it"),
    /** A broadcast goes to those who are members where its mark stands, and to nobody else. */
    MEMBERS_AT_THE_MARK("exactly the members at its mark are given a broadcast and counted"),
    /** A join that Kafka has confirmed is met by what is posted after. */
    JOIN_IS_MET("a broadcast meets who joined before it was posted"),
    /** Sums and bits in the state of a broadcast are those of its outcomes. */
    COUNTERS_ADD_UP("counters of a broadcast equal the sum of its outcomes at every commit"),
    /** Who is in a channel by a session is in that session. */
    LEAVES_WITH_ITS_SESSION("a membership by a session ends with it"),
    /** The routers agree. */
    OWNERS_SETTLE("in the end each partition is served by the one to whom the log gives it"),
    /** A device is not left where nobody can give it anything. */
    REACHABLE("no session stays where its partition's owner does not come"),
    /** A message comes twice only where the design says so. */
    NO_DUPLICATE("no duplicate but for a lost PUBACK, a lost edge or a take-over wait run out");

    private final String rule;

    Invariant(String rule) {
        this.rule = rule;
    }

    String rule() {
        return rule;
    }
}
