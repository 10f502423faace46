package io.lastmile.router.ownership;

/** How this router stands to one partition; no state is: it has nothing to do with it. */
sealed interface PartitionState {
    /** A claim reads what it can while the predecessor serves. */
    record Restoring(long attempt) implements PartitionState {}

    /**
     * A claim waits to hear that it may fence.
     *
     * @param asked whether nodes is being read
     */
    record Confirming(long attempt, boolean asked) implements PartitionState {}

    /** A claim may have fenced the predecessor: from here on it is not cancelled. */
    record Fencing(long attempt) implements PartitionState {}

    /** A claim failed or the partition was fenced: to be claimed again at that time. */
    record Retrying(long atMs) implements PartitionState {}

    /** Claimed, served, and given to this router by the log. */
    record Owned(long epoch) implements PartitionState {}

    /** Given to another by the log, and served until that one fences. */
    record GivenAway(long epoch) implements PartitionState {}

    /** The last checkpoint is being written. */
    record HandingOver(long epoch) implements PartitionState {}
}
