package io.lastmile.router.heart;

import io.lastmile.wire.Message;
import io.lastmile.wire.MessageId;
import io.lastmile.wire.Outcome;
import io.lastmile.wire.record.BroadcastStateRecord;
import io.lastmile.wire.record.MarkRecord;
import io.lastmile.wire.record.MemberBits;
import io.lastmile.wire.record.OutcomesRecord;
import io.lastmile.wire.record.ParkedRecord;
import io.lastmile.wire.record.ReceiptRecord;
import io.lastmile.wire.record.SummaryRecord;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.IntIterator;
import org.roaringbitmap.RoaringBitmap;

/**
 * A broadcast in this partition, from when its mark is read: who waits for it, and who ended how.
 *
 * <pre>
 *   a member     waits (its bit is set) -> has its outcome, exactly one
 *   while awake  its copy is an {@link Entry} of its device, and goes by the table there
 *   at rest      its bit is all there is
 * </pre>
 *
 * <p>A <i>sweep</i> goes over those that wait, in slices: it gives the copy to who is connected or,
 * once the broadcast has an ending, ends all that are not in flight.
 */
final class Broadcast {
    /** Where a sweep stands that has come to the end. */
    private static final int SWEPT = -1;

    final long offset;
    final MarkRecord mark;
    final boolean each;

    /** What all copies have in common, in the form in which entries have it. */
    final ParkedRecord facts;

    private int membersAtMark;
    private final RoaringBitmap waiting;
    private final Map<Outcome, RoaringBitmap> byOutcome = new EnumMap<>(Outcome.class);
    private final Map<Outcome, RoaringBitmap> settledNow = new EnumMap<>(Outcome.class);
    private final RoaringBitmap touchedPieces = new RoaringBitmap();
    private final Set<Device> line = new LinkedHashSet<>();
    private boolean touched;
    private int inFlight;
    private long settledAtMs = ReceiptRecord.NEVER;
    private @Nullable Ending ending;
    private int sweptTo = SWEPT;
    private long swept;
    private @Nullable Message body;
    private boolean loading;
    private long bodyUsedMs;

    /** As its mark is read. */
    Broadcast(
            int partition,
            long offset,
            MarkRecord mark,
            ParkedRecord facts,
            boolean each,
            RoaringBitmap members) {
        this.offset = offset;
        this.mark = mark;
        this.facts = facts;
        this.each = each;
        this.membersAtMark = members.getCardinality();
        this.waiting = members;
        this.touched = true;
        this.sweptTo = 0;
        for (IntIterator all = members.getIntIterator(); all.hasNext(); ) {
            touchedPieces.add(all.next() / MemberBits.BITS);
        }
    }

    /** As the durable inbox has it. */
    Broadcast(int partition, long offset, BroadcastStateRecord state, RestoredOutcomes outcomes) {
        this.offset = offset;
        this.mark = state.mark();
        this.each = state.each();
        this.facts =
                facts(
                        new MessageId(partition, offset),
                        state.mark(),
                        state.routedAtMs(),
                        state.expiresAtMs());
        this.membersAtMark = state.membersAtMark();
        this.waiting = outcomes.waiting();
        this.byOutcome.putAll(outcomes.byOutcome());
        this.settledAtMs = state.settledAtMs();
        Outcome ended = state.ending();
        if (ended != null) {
            end(new Ending(ended, ""));
        }
    }

    static ParkedRecord facts(MessageId id, MarkRecord mark, long routedAtMs, long expiresAtMs) {
        return new ParkedRecord(
                id,
                mark.facts().acceptedAtMs(),
                routedAtMs,
                expiresAtMs,
                Message.ABSENT,
                mark.facts().bodyBytes(),
                0,
                mark.facts().urgency(),
                null, // its collapse key lives in its channel
                null,
                null);
    }

    // Members.

    boolean isWaiting(int member) {
        return waiting.contains(member);
    }

    RoaringBitmap waiting() {
        return waiting;
    }

    /** Who ended so; nobody, where none did. */
    RoaringBitmap ended(Outcome outcome) {
        RoaringBitmap ended = byOutcome.get(outcome);
        return ended == null ? new RoaringBitmap() : ended;
    }

    /** Whether every member has its outcome. */
    boolean isComplete() {
        return waiting.isEmpty();
    }

    /** How many were given it and have not acknowledged it. */
    int inFlight() {
        return inFlight;
    }

    void took() {
        inFlight++;
    }

    void gaveBack() {
        inFlight--;
    }

    /** The member has its outcome. */
    void settle(int member, Outcome outcome, long nowMs) {
        if (!waiting.checkedRemove(member)) {
            throw new IllegalStateException(member + " does not wait for " + this);
        }
        byOutcome.computeIfAbsent(outcome, _ -> new RoaringBitmap()).add(member);
        if (!each) {
            settledNow.computeIfAbsent(outcome, _ -> new RoaringBitmap()).add(member);
        }
        touchedPieces.add(member / MemberBits.BITS);
        touched = true;
        settledAtMs = Math.max(settledAtMs, nowMs);
    }

    /** Whether the member waits for it, or has an outcome of it. */
    boolean isFor(int member) {
        return waiting.contains(member)
                || byOutcome.values().stream().anyMatch(ended -> ended.contains(member));
    }

    /** It goes to one more. */
    void add(int member) {
        waiting.add(member);
        membersAtMark++;
        touchedPieces.add(member / MemberBits.BITS);
        touched = true;
    }

    // Its ending.

    /** How all end that are not in flight; null while it may be sent. */
    @Nullable Ending ending() {
        return ending;
    }

    /** It is over for all that are not in flight; the first ending counts. */
    void end(Ending how) {
        if (ending == null) {
            ending = how;
            touched = true;
            sweepAgain();
        }
    }

    // Sweeps.

    /** Whether a sweep has come to the end. */
    boolean isSwept() {
        return sweptTo == SWEPT;
    }

    /** Whether it has not come to the end, and may go on now. */
    boolean isSweeping(long nowMs) {
        return sweptTo != SWEPT && (ending != null || swept < released(nowMs));
    }

    /** How many may have been looked at: all at once, or spread over time. */
    private long released(long nowMs) {
        long spreadMs = mark.facts().spreadSeconds() * 1_000L;
        long passedMs = nowMs - facts.routedAtMs();
        return spreadMs == 0 || passedMs >= spreadMs // a successor's clock may be behind
                ? Long.MAX_VALUE
                : Math.max(1, membersAtMark * passedMs / spreadMs);
    }

    /** Everybody that waits is to be looked at. */
    void sweepAgain() {
        sweptTo = 0;
        swept = 0;
    }

    /** The next of those that wait; a negative number at the end of the sweep. */
    int nextToSweep() {
        long next = waiting.nextValue(sweptTo);
        swept++;
        sweptTo = next < 0 || next == Integer.MAX_VALUE ? SWEPT : (int) next + 1;
        return (int) next;
    }

    // Its body.

    @Nullable Message body(long nowMs) {
        bodyUsedMs = nowMs;
        return body;
    }

    /** Whether it is to be asked for: it is neither here nor on its way. */
    boolean beginLoading() {
        boolean begins = body == null && !loading;
        loading |= begins;
        return begins;
    }

    void loaded(Message message, long nowMs) {
        loading = false;
        body = message;
        bodyUsedMs = nowMs;
    }

    /** The body is gone from the log. */
    void notLoaded() {
        loading = false;
    }

    /** Forgets the body where nobody has wanted it for so long; says whether it is held. */
    boolean holdsBody(long nowMs, long idleMs) {
        if (body != null && sweptTo == SWEPT && line.isEmpty() && nowMs - bodyUsedMs >= idleMs) {
            body = null;
        }
        return body != null;
    }

    /** The device waits for the body. */
    void joinLine(Device device) {
        line.add(device);
    }

    /** Those that waited for the body, who wait no more. */
    List<Device> leaveLine() {
        List<Device> waited = List.copyOf(line);
        line.clear();
        return waited;
    }

    // What the next transaction is to say of it.

    boolean isTouched() {
        return touched;
    }

    /** Writes what has changed since it was asked last. */
    void write(List<Write> writes, long nowMs) {
        touched = false;
        writes.add(new Write.BroadcastState(offset, state()));
        for (IntIterator pieces = touchedPieces.getIntIterator(); pieces.hasNext(); ) {
            int piece = pieces.next();
            writes.add(new Write.Outcomes(offset, piece, piece(piece)));
        }
        touchedPieces.clear();
        settledNow.forEach((outcome, members) ->
                writes.add(
                        new Write.Summary(
                                new SummaryRecord(
                                        mark.facts().id(),
                                        facts.id(),
                                        outcome,
                                        Math.max(nowMs, facts.routedAtMs()),
                                        members.toArray()))));
        settledNow.clear();
    }

    /** Takes back all that was written of it. */
    void writeForgotten(List<Write> writes) {
        RoaringBitmap pieces = new RoaringBitmap();
        byOutcome
                .values()
                .forEach(members ->
                        members.forEach((int member) -> pieces.add(member / MemberBits.BITS)));
        pieces.forEach((int piece) -> writes.add(new Write.Outcomes(offset, piece, null)));
        writes.add(new Write.BroadcastState(offset, null));
    }

    BroadcastStateRecord state() {
        Map<Outcome, Integer> counts = new EnumMap<>(Outcome.class);
        byOutcome.forEach((outcome, members) -> counts.put(outcome, members.getCardinality()));
        Ending how = ending;
        return new BroadcastStateRecord(
                mark,
                facts.routedAtMs(),
                facts.expiresAtMs(),
                each,
                membersAtMark,
                counts,
                settledAtMs,
                how == null ? null : how.outcome());
    }

    private OutcomesRecord piece(int piece) {
        Map<Outcome, long[]> outcomes = new EnumMap<>(Outcome.class);
        byOutcome.forEach((outcome, members) -> {
            long[] words = words(members, piece);
            if (words != null) {
                outcomes.put(outcome, words);
            }
        });
        long[] waits = words(waiting, piece);
        return new OutcomesRecord(
                waits == null ? new long[MemberBits.BITS / Long.SIZE] : waits, outcomes);
    }

    /** The members of a piece as bits; null where there are none. */
    private static long @Nullable [] words(RoaringBitmap members, int piece) {
        long from = (long) piece * MemberBits.BITS;
        long[] words = null;
        for (long next = members.nextValue((int) from);
                next >= 0 && next < from + MemberBits.BITS;
                next = members.nextValue((int) next + 1)) {
            if (words == null) {
                words = new long[MemberBits.BITS / Long.SIZE];
            }
            int bit = (int) (next - from);
            words[bit / Long.SIZE] |= 1L << bit;
        }
        return words;
    }

    @Override
    public String toString() {
        return mark.facts().id() + " at " + offset;
    }
}
