package io.lastmile.simulation;

/** A bug planted on purpose, and the invariants of which at least one must notice it. */
enum Mutant {
    /** An edge acknowledges what it did not send. */
    UNSENT_IS_ACKNOWLEDGED(Invariant.NOTHING_LOST),
    /** The {@code ended} of an old session ends the newer one. */
    OLD_END_ERASES_NEWER(Invariant.NOTHING_LOST),
    /** An edge writes two PUBLISH in the wrong order. */
    OFFSETS_FALL(Invariant.OFFSETS_RISE),
    /** An edge writes a PUBLISH twice. */
    SENT_TWICE(Invariant.SENT_ONCE),
    /** A receipt is written again in the next transaction. */
    RECEIPT_IS_REPEATED(Invariant.ONE_OUTCOME),
    /** Frames of an earlier owner, or of an older connection, still count. */
    EPOCH_IS_IGNORED(Invariant.OFFSETS_RISE, Invariant.ONE_OUTCOME),
    /** An owner sends and settles before the edges have answered. */
    ANSWER_IS_NOT_AWAITED(Invariant.OFFSETS_RISE, Invariant.ONE_OUTCOME),
    /** An edge's answer counts although its hop has been made again since. */
    STALE_ANSWER_COUNTS(Invariant.OFFSETS_RISE, Invariant.ONE_OUTCOME),
    /** An earlier owner may commit after a later one has claimed. */
    NOBODY_IS_FENCED(Invariant.ONE_OUTCOME, Invariant.WATERMARK),
    /** The watermark is committed as far as messages are read. */
    WATERMARK_AHEAD(Invariant.WATERMARK),
    /** A message is read and not looked at. */
    MESSAGE_IS_SKIPPED(Invariant.WATERMARK),
    /** The record that parks a message is left out of the transaction. */
    PARKING_IS_FORGOTTEN(Invariant.WATERMARK),
    /** A new owner believes what an aborted transaction wrote. */
    UNCOMMITTED_IS_READ(Invariant.WATERMARK, Invariant.NOTHING_LOST, Invariant.ONE_OUTCOME),
    /** The position in events is committed before the events are applied. */
    EVENTS_ARE_SKIPPED(Invariant.NO_DUPLICATE, Invariant.NOTHING_LOST),
    /** A gone edge's last events are not read before its messages are sent again. */
    LAST_WORDS_ARE_IGNORED(Invariant.NO_DUPLICATE, Invariant.ONE_OUTCOME),
    /** A receipt is left out of the transaction. */
    RECEIPT_IS_FORGOTTEN(Invariant.WATERMARK),
    /** A later message with the same collapse key takes nobody's place. */
    COLLAPSE_KEY_IS_IGNORED(Invariant.ENDING_IS_KEPT),
    /** A record that takes a message back is passed over. */
    CANCEL_IS_IGNORED(Invariant.ENDING_IS_KEPT),
    /** A new owner does not know the endings that were remembered for messages in flight. */
    REMEMBERED_ENDING_IS_LOST(Invariant.ENDING_IS_KEPT),
    /** A message is sent although its time to live is over. */
    TTL_IS_IGNORED(Invariant.ENDING_IS_KEPT),
    /** Idempotency keys are not looked at. */
    KEY_IS_IGNORED(Invariant.KEY_GOES_ONCE),
    /** A new owner does not know the idempotency keys of the one before. */
    KEY_IS_NOT_WRITTEN(Invariant.KEY_GOES_ONCE),
    /** A new owner does not know that a key is free again, since its message was taken back. */
    FREED_KEY_IS_KEPT(Invariant.DESERVED),
    /** A new owner does not know which misplaced messages have arrived. */
    ARRIVAL_IS_NOT_WRITTEN(Invariant.ONE_OUTCOME),
    /** A message for later goes at once. */
    NOT_BEFORE_IS_IGNORED(Invariant.NOT_BEFORE),
    /** What is to be appended again is left out of the transaction. */
    APPENDING_AGAIN_IS_FORGOTTEN(Invariant.NOTHING_LOST, Invariant.WATERMARK),
    /** What is appended again counts as accepted now. */
    APPENDED_AGAIN_IS_NEW(Invariant.AS_ACCEPTED),
    /** A message in the wrong partition is taken for one of this partition. */
    MISPLACED_IS_KEPT(Invariant.NOTHING_LOST),
    /** What could not be understood is not kept. */
    REJECT_IS_FORGOTTEN(Invariant.NOTHING_LOST),
    /** An edge takes a PUBACK that refuses for one that does not. */
    REFUSAL_IS_OVERHEARD(Invariant.DESERVED),
    /** {@code ended} does not wait for the session's {@code acked}. */
    END_IS_EARLY(Invariant.NO_DUPLICATE, Invariant.ONE_OUTCOME),
    /** An edge takes devices before nodes has a heartbeat of its incarnation. */
    OPENED_BEFORE_HEARTBEAT(Invariant.NOTHING_LOST),
    /** An {@code acked} of a message that is not read yet is passed over. */
    EARLY_ACK_IS_LOST(Invariant.NO_DUPLICATE, Invariant.NOTHING_LOST),
    /** An owner does not hear that an edge is gone. */
    GONE_IS_NOT_HEARD(Invariant.NOTHING_LOST),
    /** An edge is declared gone after one heartbeat that did not come. */
    GONE_TOO_SOON(Invariant.GONE_FOR_A_REASON),
    /** A draining edge does not wait for Kafka to have the ends of its sessions. */
    DRAIN_DOES_NOT_WAIT(Invariant.NO_DUPLICATE),
    /** A new owner reads only the beginning of the inbox. */
    INBOX_IS_READ_SHORT(Invariant.WATERMARK, Invariant.NOTHING_LOST, Invariant.ONE_OUTCOME),
    /** A new owner ends messages before it has read what its predecessor may have sent. */
    CERTAIN_AT_ONCE(Invariant.ONE_OUTCOME),
    /** An owner believes the clock of its machine. */
    WALL_CLOCK_DECIDES(Invariant.DESERVED, Invariant.NOT_BEFORE),
    /** An edge keeps sessions whose owner does not come. */
    CUT_OFF_IS_IGNORED(Invariant.REACHABLE),
    /** A newer session gets messages before the older one has ended. */
    TAKE_OVER_IS_NOT_AWAITED(Invariant.NO_DUPLICATE, Invariant.ONE_OUTCOME),
    /** A mark that a producer has copied is taken for another one. */
    COPIED_MARK_COUNTS(Invariant.MEMBERS_AT_THE_MARK),
    /** Who joins or leaves right behind a mark counts as if it had before. */
    MEMBERS_BEHIND_THE_MARK_COUNT(Invariant.MEMBERS_AT_THE_MARK),
    /** A broadcast that concerns nobody is passed over before joins are read. */
    JOINS_ARE_NOT_AWAITED(Invariant.JOIN_IS_MET),
    /** The position in broadcasts is not committed with the mark. */
    MARK_IS_REPEATED(Invariant.MEMBERS_AT_THE_MARK),
    /** Copies go out behind what is sent after them. */
    COPIES_GO_OUT_LATE(Invariant.OFFSETS_RISE),
    /** The number of a member is in no committed record when it is used. */
    NUMBER_IS_NOT_WRITTEN(Invariant.MEMBERS_AT_THE_MARK),
    /** A cancel that is read before the mark of its broadcast is passed over. */
    EARLY_CANCEL_IS_LOST(Invariant.ENDING_IS_KEPT),
    /** A summary is left out of the transaction. */
    SUMMARY_IS_FORGOTTEN(Invariant.COUNTERS_ADD_UP),
    /** What is known of a broadcast is left out of the transaction that settles its mark. */
    BROADCAST_STATE_IS_FORGOTTEN(Invariant.WATERMARK),
    /** A new owner does not know who waits. */
    WAITING_IS_NOT_RESTORED(Invariant.NOTHING_LOST, Invariant.COUNTERS_ADD_UP),
    /** An owner does not append the leave of a session that is over. */
    SESSION_DOES_NOT_LEAVE(Invariant.LEAVES_WITH_ITS_SESSION),
    /** {@code ended} does not wait for the acknowledgements of copies. */
    COPY_ACKS_ARE_LOST_AT_END(Invariant.NO_DUPLICATE),
    /** An owner goes on before what it has ended, and numbers of members, are committed. */
    COMMIT_IS_NOT_AWAITED(
            Invariant.TAKEN_FOR_SENT, Invariant.MEMBERS_AT_THE_MARK, Invariant.ONE_OUTCOME),
    /** A router that was asleep until a moment ago fences whoever serves. */
    ASLEEP_MAY_FENCE(Invariant.FENCED_FOR_A_REASON),
    /** A claim fences by what its router had read of nodes. */
    NODES_ARE_NOT_READ(Invariant.FENCED_FOR_A_REASON),
    /** A router is declared gone after half of the heartbeats. */
    ROUTER_GONE_TOO_SOON(Invariant.GONE_FOR_A_REASON),
    /** A router that was declared gone goes on as if it were not. */
    OWN_GONE_IS_IGNORED(Invariant.OWNERS_SETTLE),
    /** A claim that failed is not tried again. */
    FAILED_CLAIM_IS_NOT_TRIED(Invariant.OWNERS_SETTLE, Invariant.NOTHING_LOST),
    /** A router that was fenced goes on as if it owned the partition. */
    FENCED_OWNER_STAYS(Invariant.OWNERS_SETTLE, Invariant.NOTHING_LOST),
    /** A router does not say which partitions it cannot claim. */
    UNABLE_IS_NOT_SAID(Invariant.OWNERS_SETTLE, Invariant.NOTHING_LOST);

    private final Invariant first;
    private final Invariant second;
    private final Invariant third;

    Mutant(Invariant only) {
        this(only, only, only);
    }

    Mutant(Invariant first, Invariant second) {
        this(first, second, second);
    }

    Mutant(Invariant first, Invariant second, Invariant third) {
        this.first = first;
        this.second = second;
        this.third = third;
    }

    /** Whether the invariant is there for this bug. */
    boolean breaks(Invariant invariant) {
        return invariant == first || invariant == second || invariant == third;
    }
}
