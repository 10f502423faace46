package io.lastmile.router.ownership;

import io.lastmile.wire.Incarnation;
import io.lastmile.wire.record.NodeRecord.Heartbeat;

/** What the world tells the {@link OwnershipHeart}. */
public sealed interface OwnershipEvent {
    /**
     * A router's heartbeat was read from nodes, this router's own too.
     *
     * @param appendedAtMs by the broker, since the epoch
     */
    record RouterBeat(Incarnation router, Heartbeat heartbeat, long appendedAtMs)
            implements OwnershipEvent {}

    /** Nodes says that a router is gone; it may be this one. */
    record RouterGone(Incarnation router) implements OwnershipEvent {}

    /** What nodes said of an incarnation was deleted. */
    record RouterForgotten(Incarnation router) implements OwnershipEvent {}

    /** This router goes on under its next incarnation. */
    record IncarnationTaken(Incarnation next) implements OwnershipEvent {}

    /** A claim has read nearly all, and would now fence the predecessor. */
    record ClaimPrepared(int partition, long attempt) implements OwnershipEvent {}

    /**
     * Nodes was read to the end that was asked for with {@link OwnershipCommand.ReadNodes}.
     *
     * @param heartbeatIsFresh whether Kafka confirmed a heartbeat of this router a moment ago
     */
    record NodesRead(int partition, long attempt, boolean heartbeatIsFresh)
            implements OwnershipEvent {}

    /** A claim is written, and the state restored. */
    record ClaimRestored(int partition, long attempt, long epoch) implements OwnershipEvent {}

    /** A claim failed; it may be tried again. */
    record ClaimFailed(int partition, long attempt) implements OwnershipEvent {}

    /** A transaction failed, most often because another has claimed the partition. */
    record OwnerFailed(int partition, long epoch) implements OwnershipEvent {}

    /** The last checkpoint is written, or was waited for long enough. */
    record HandedOver(int partition, long epoch) implements OwnershipEvent {}

    /** The process is about to stop. */
    record Closing() implements OwnershipEvent {}

    /** Time passes: monotonic ms of this process. */
    record Tick(long nowMs) implements OwnershipEvent {}
}
