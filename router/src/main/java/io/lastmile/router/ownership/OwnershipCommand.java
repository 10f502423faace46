package io.lastmile.router.ownership;

import io.lastmile.wire.Incarnation;

/** What the {@link OwnershipHeart} wants done. */
public sealed interface OwnershipCommand {
    /** Restore what can be read while the predecessor serves; then say {@code ClaimPrepared}. */
    record StartClaim(int partition, long attempt) implements OwnershipCommand {}

    /** Give the claim up. */
    record CancelClaim(int partition, long attempt) implements OwnershipCommand {}

    /** Read nodes to its end, asked for now; then say {@code NodesRead}. */
    record ReadNodes(int partition, long attempt) implements OwnershipCommand {}

    /** Fence the predecessor, write the claim and restore the rest. */
    record Fence(int partition, long attempt) implements OwnershipCommand {}

    /** Read for the partition, and tell every edge who owns it. */
    record Serve(int partition, long epoch) implements OwnershipCommand {}

    /** Serve it no more. */
    record Drop(int partition, long epoch) implements OwnershipCommand {}

    /** Write a last checkpoint, bounded; then say {@code HandedOver}. */
    record HandOver(int partition, long epoch) implements OwnershipCommand {}

    /** Write that a router is gone. */
    record DeclareGone(Incarnation router) implements OwnershipCommand {}

    /** Go on under the next incarnation; once nodes has it, say {@code IncarnationTaken}. */
    record TakeNextIncarnation() implements OwnershipCommand {}
}
