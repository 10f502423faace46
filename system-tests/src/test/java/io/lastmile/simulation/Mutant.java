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
    /** A newer session gets messages before the older one has ended. */
    TAKE_OVER_IS_NOT_AWAITED(Invariant.NO_DUPLICATE, Invariant.ONE_OUTCOME);

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
