package io.lastmile.simulation;

import io.lastmile.simulation.PartitionLogs.InboxNote;
import io.lastmile.simulation.PartitionLogs.ReceiptNote;
import io.lastmile.simulation.Story.Sent;
import io.lastmile.simulation.TransactionCoordinator.Append;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.Incarnation;
import io.lastmile.wire.Outcome;
import io.lastmile.wire.SessionId;
import io.lastmile.wire.record.EventRecord;
import io.lastmile.wire.record.ReceiptRecord;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Sees everything that happens, also what nobody inside can see, and checks the invariants at the
 * moment when each could be broken.
 */
final class Books {
    private final World world;
    private final List<TreeMap<Long, Story>> storiesByPartition = new ArrayList<>();
    private final List<TreeSet<Long>> neitherSettledNorParked = new ArrayList<>();
    private final Map<Incarnation, Long> goneAt = new HashMap<>();
    private final Set<Incarnation> killed = new HashSet<>();
    private final Set<SessionId> endedInLog = new HashSet<>();
    private final EnumMap<Duplicate, Integer> duplicates = new EnumMap<>(Duplicate.class);
    private final EnumMap<Outcome, Integer> outcomes = new EnumMap<>(Outcome.class);
    private long takeOversRunOut;
    private long noRooms;
    private long transactions;
    private long moment;

    /** Why a device may get a message again. */
    enum Duplicate {
        PUBACK_LOST,
        EDGE_LOST,
        TAKE_OVER_RAN_OUT
    }

    Books(World world) {
        this.world = world;
        for (int p = 0; p < world.plan.partitions; p++) {
            storiesByPartition.add(new TreeMap<>());
            neitherSettledNorParked.add(new TreeSet<>());
        }
    }

    private static void check(boolean holds, Invariant invariant, Supplier<String> what) {
        if (!holds) {
            throw new InvariantBroken(invariant, what.get());
        }
    }

    // What happens.

    void accepted(int partition, Story story) {
        storiesByPartition.get(partition).put(story.offset, story);
        neitherSettledNorParked.get(partition).add(story.offset);
    }

    void edgeLost(Incarnation edge) {
        killed.add(edge);
    }

    void declaredGone(Incarnation edge) {
        goneAt.putIfAbsent(edge, ++moment);
    }

    void takeOversRanOut(long count) {
        takeOversRunOut += count;
    }

    void noRoom() {
        noRooms++;
    }

    void eventAppended(int partition, EventRecord event) {
        moment++;
        switch (event) {
            case EventRecord.Opened _ -> {}
            case EventRecord.Ended ended -> endedInLog.add(ended.session());
            case EventRecord.Acked(var session, var acks) -> {
                for (EventRecord.Ack ack : acks) {
                    for (Sent sent : story(partition, ack.offset()).sends) {
                        if (sent.session.id().equals(session)) {
                            sent.ackInLogAt = Math.min(sent.ackInLogAt, moment);
                        }
                    }
                }
            }
        }
    }

    void ackTaken(EdgeSession session, long offset) {
        Sent sent = story(session.partition(), offset).sentIn(session);
        if (sent != null) {
            sent.ackTaken = true;
        }
    }

    /** An edge gives the message to the session. */
    void sent(EdgeSession session, long offset) {
        Story story = story(session.partition(), offset);
        ReceiptRecord settled = story.receipt;
        check(
                settled == null
                        || settled.outcome() == Outcome.DELIVERED
                        || isExcused(session.id()),
                Invariant.ONE_OUTCOME,
                () -> story + " is sent in " + session.id() + " after its outcome");
        story.sends.add(new Sent(session));
    }

    /**
     * The owner in office sends what is not above the highest offset that the session was given.
     */
    void ownerSentBelow(EdgeSession session, long offset) {
        check(
                offset > session.highestSent(),
                Invariant.OFFSETS_RISE,
                () ->
                        story(session.partition(), offset)
                                + " is sent to "
                                + session.id()
                                + ", which was given "
                                + session.highestSent());
    }

    /** The device receives the message. */
    void received(SimulatedDevice device, EdgeSession session, long offset) {
        Story story = story(device.partition, offset);
        check(
                story.device.equals(device.id),
                Invariant.NOTHING_LOST,
                () -> story + " is received by " + device.id);
        Sent sent = Objects.requireNonNull(story.sentIn(session), "received and not sent");
        check(
                !sent.received,
                Invariant.SENT_ONCE,
                () -> story + " is received twice in " + session.id());
        check(
                session.connection.noteOffset(offset),
                Invariant.OFFSETS_RISE,
                () -> story + " is received in " + session.id() + " after a later one");
        for (Sent earlier : story.sends) {
            if (earlier.received) {
                Duplicate cause = cause(earlier, session);
                check(
                        cause != null,
                        Invariant.NO_DUPLICATE,
                        () ->
                                story
                                        + " is received again in "
                                        + session.id()
                                        + "; ack taken "
                                        + earlier.ackTaken
                                        + ", in Kafka "
                                        + (earlier.ackInLogAt != Sent.NEVER));
                duplicates.merge(Objects.requireNonNull(cause), 1, Integer::sum);
            }
        }
        sent.received = true;
        story.received = true;
    }

    private @Nullable Duplicate cause(Sent earlier, EdgeSession now) {
        if (goneAt.containsKey(now.id().edge())) {
            return Duplicate.EDGE_LOST; // it has not heard so yet, and goes on with what it has
        }
        SessionId id = earlier.session.id();
        boolean heard = earlier.ackInLogAt < goneSince(id);
        boolean lost = killed.contains(id.edge()) || goneAt.containsKey(id.edge());
        if (lost && !heard) {
            return Duplicate.EDGE_LOST;
        }
        if (!earlier.ackTaken && earlier.session.isEnding()) {
            return Duplicate.PUBACK_LOST;
        }
        return takeOversRunOut > 0 ? Duplicate.TAKE_OVER_RAN_OUT : null;
    }

    private long goneSince(SessionId session) {
        return goneAt.getOrDefault(session.edge(), Sent.NEVER);
    }

    /**
     * Whether a message may still go, or may have gone, to this session without its owner's fault.
     */
    private boolean isExcused(SessionId session) {
        return goneAt.containsKey(session.edge()) || takeOversRunOut > 0;
    }

    /** A transaction is decided: all of this is so from now on. */
    void committed(int partition, List<Append<?>> appends) {
        transactions++;
        TreeSet<Long> open = neitherSettledNorParked.get(partition);
        for (Append<?> append : appends) {
            switch (append.value()) {
                case ReceiptNote(var device, var receipt) -> settled(partition, device, receipt);
                case InboxNote.Parked(var key, var parked) -> {
                    if (parked != null) {
                        open.remove(key.offset());
                    } else if (story(partition, key.offset()).receipt == null) {
                        open.add(key.offset());
                    }
                }
                default -> {}
            }
        }
        for (Append<?> append : appends) {
            if (append.value() instanceof InboxNote.Checkpoint(var positions)) {
                world.trace.note(() -> "checkpoint of " + partition + ": " + positions);
                Long lowest = open.isEmpty() ? null : open.first();
                check(
                        lowest == null || lowest >= positions.watermark(),
                        Invariant.WATERMARK,
                        () -> story(partition, Objects.requireNonNull(lowest)) + ", " + positions);
                for (long offset : positions.settledAbove()) {
                    check(
                            story(partition, offset).receipt != null,
                            Invariant.WATERMARK,
                            () -> story(partition, offset) + " counts as settled, " + positions);
                }
            }
        }
    }

    private void settled(int partition, DeviceId device, ReceiptRecord receipt) {
        Story story = story(partition, receipt.offset());
        world.trace.note(() -> "receipt " + receipt.id() + " " + receipt.outcome());
        check(
                story.receipt == null,
                Invariant.ONE_OUTCOME,
                () -> story + " settles again: " + receipt.outcome());
        check(story.device.equals(device), Invariant.ONE_OUTCOME, () -> story + " of " + device);
        switch (receipt.outcome()) {
            case DELIVERED ->
                    check(
                            story.received,
                            Invariant.NOTHING_LOST,
                            () -> story + " settles as delivered");
            case EXPIRED, OVERFLOWED -> {
                checkNotInFlight(story, receipt.outcome());
                checkDeserved(partition, story, receipt);
            }
            case REPLACED, CANCELLED, REJECTED ->
                    throw new IllegalStateException("nobody asked for that: " + receipt);
        }
        story.receipt = receipt;
        outcomes.merge(receipt.outcome(), 1, Integer::sum);
        neitherSettledNorParked.get(partition).remove(receipt.offset());
    }

    /** An owner's own ending must not meet a message that is in flight or was acknowledged. */
    private void checkNotInFlight(Story story, Outcome outcome) {
        for (Sent sent : story.sends) {
            SessionId session = sent.session.id();
            check(
                    endedInLog.contains(session) || isExcused(session),
                    Invariant.ONE_OUTCOME,
                    () -> story + " settles as " + outcome + " while in flight in " + session);
            check(
                    sent.ackInLogAt >= goneSince(session) || takeOversRunOut > 0,
                    Invariant.ONE_OUTCOME,
                    () -> story + " settles as " + outcome + ", Kafka has its acked: " + session);
        }
    }

    private void checkDeserved(int partition, Story story, ReceiptRecord receipt) {
        if (receipt.outcome() == Outcome.EXPIRED) {
            check(
                    story.ttlMs == Story.TTL_CONNECTED
                            || receipt.settledAtMs() >= story.acceptedAtMs + story.ttlMs,
                    Invariant.NOTHING_LOST,
                    () -> story + " expires too early");
        } else {
            long unsettled =
                    storiesByPartition.get(partition).values().stream()
                            .filter(other -> other.device.equals(story.device))
                            .filter(other -> other.receipt == null)
                            .count();
            check(
                    unsettled > world.plan.settings.inboxMessagesMax(),
                    Invariant.NOTHING_LOST,
                    () -> story + " overflows an inbox of " + unsettled);
        }
    }

    private Story story(int partition, long offset) {
        return Objects.requireNonNull(storiesByPartition.get(partition).get(offset), "no message");
    }

    // The end.

    /** A message that has no outcome yet. */
    @Nullable Story unsettled() {
        for (TreeMap<Long, Story> stories : storiesByPartition) {
            for (Story story : stories.values()) {
                if (story.receipt == null) {
                    return story;
                }
            }
        }
        return null;
    }

    void checkSettled() {
        Story story = unsettled();
        check(story == null, Invariant.NOTHING_LOST, () -> "in the end: " + story);
    }

    void checkDelivered(int partition, long offset) {
        ReceiptRecord receipt = story(partition, offset).receipt;
        check(
                receipt != null && receipt.outcome() == Outcome.DELIVERED,
                Invariant.NOTHING_LOST,
                () -> "everything works again, but " + story(partition, offset));
    }

    /** For people: what a run was like. */
    Map<String, Long> figures() {
        Map<String, Long> figures = new TreeMap<>();
        figures.put("transactions", transactions);
        figures.put("no_room", noRooms);
        figures.put("take_overs_run_out", takeOversRunOut);
        figures.put("edges_gone", (long) goneAt.size());
        outcomes.forEach((outcome, count) -> figures.put(outcome.label(), (long) count));
        duplicates.forEach((cause, count) -> figures.put("duplicate_" + cause, (long) count));
        return figures;
    }
}
