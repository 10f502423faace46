package io.lastmile.simulation;

import static io.lastmile.simulation.InvariantBroken.check;

import io.lastmile.edge.session.Session;
import io.lastmile.router.heart.Write;
import io.lastmile.simulation.PartitionLogs.EdgeEvent;
import io.lastmile.simulation.PartitionLogs.MessageNote;
import io.lastmile.simulation.PartitionLogs.Rejection;
import io.lastmile.simulation.PartitionLogs.StateNote;
import io.lastmile.simulation.Story.Sent;
import io.lastmile.simulation.TransactionCoordinator.Appended;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.Incarnation;
import io.lastmile.wire.Message;
import io.lastmile.wire.MessageId;
import io.lastmile.wire.Outcome;
import io.lastmile.wire.SessionId;
import io.lastmile.wire.hop.HopFrame;
import io.lastmile.wire.record.EventRecord;
import io.lastmile.wire.record.Proof;
import io.lastmile.wire.record.ReceiptRecord;
import io.lastmile.wire.record.SummaryRecord;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Sees everything that happens, also what nobody inside can see, and checks the invariants at the
 * moment when each could be broken. Long because all invariants are about the same stories.
 */
final class Books {
    private final World world;
    private final Figures figures;
    private final Reasons reasons;
    private final BroadcastBooks broadcasts;
    private final Repeats repeats = new Repeats();
    private final Map<MessageId, Story> storiesById = new HashMap<>();
    private final List<TreeMap<Long, Story>> storiesByOffset = new ArrayList<>();
    private final List<TreeSet<Long>> neitherSettledNorParked = new ArrayList<>();
    private final List<Set<Long>> rejectsDue = new ArrayList<>();
    private final Set<MessageId> unsettled = new TreeSet<>();
    private final Set<SessionId> endedInLog = new HashSet<>();
    private final Map<SessionId, DeviceId> deviceBySession = new HashMap<>();
    private final Map<SessionId, Set<Long>> givenBySession = new HashMap<>();
    private final Map<Incarnation, Map<Incarnation, Integer>> beatsOfOthersSince = new HashMap<>();
    private final Set<Incarnation> edgesSeen = new HashSet<>();
    private final Set<Incarnation> silent = new HashSet<>();
    private long moment;

    Books(World world) {
        this.world = world;
        this.figures = world.figures;
        this.reasons = new Reasons(world);
        this.broadcasts = new BroadcastBooks(world);
        for (int p = 0; p < world.plan.partitions; p++) {
            storiesByOffset.add(new TreeMap<>());
            neitherSettledNorParked.add(new TreeSet<>());
            rejectsDue.add(new HashSet<>());
        }
    }

    /** The part that is about broadcasts. */
    BroadcastBooks broadcasts() {
        return broadcasts;
    }

    // What producers do.

    /** Kafka has the message. */
    Story accepted(int partition, long offset, long appendedAtMs, Message message) {
        MessageId id = new MessageId(partition, offset);
        long ttlSeconds = message.ttlSeconds();
        long dueInMs = Math.max(0, message.notBeforeMs() - appendedAtMs);
        long ttlMs =
                ttlSeconds == Message.ABSENT ? dueInMs + World.TTL_DEFAULT_MS : ttlSeconds * 1_000;
        Story story = new Story(id, message.device(), message, appendedAtMs, ttlMs);
        begin(story);
        return story;
    }

    /** Kafka has the record, which nobody can understand. */
    void acceptedUnreadable(int partition, long offset, @Nullable DeviceId device) {
        rejectsDue.get(partition).add(offset);
        if (device != null) {
            MessageId id = new MessageId(partition, offset);
            begin(new Story(id, device, null, world.agenda.nowMs(), World.TTL_DEFAULT_MS));
        }
    }

    /** Kafka has a record that takes a message back. */
    void acceptedCancel(MessageId id) {
        Story story = storiesById.get(id);
        if (story != null) {
            story.cancelled = true;
        }
    }

    private void begin(Story story) {
        storiesById.put(story.id, story);
        stand(story);
        unsettled.add(story.id);
        reasons.begun(story);
    }

    /** Kafka has a record of an owner's once more, which a producer has copied. */
    void acceptedCopy(int partition, long offset, MessageId id) {
        Story story = storiesById.get(id);
        if (story != null) {
            storiesByOffset.get(partition).put(offset, story);
        }
    }

    private void stand(Story story) {
        story.keyedNowMs = world.agenda.nowMs();
        storiesByOffset.get(story.partition).put(story.offset, story);
        neitherSettledNorParked.get(story.partition).add(story.offset);
    }

    // What happens to edges and sessions.

    void edgeLost(Incarnation edge) {
        repeats.edgeLost(edge);
    }

    void drained(Incarnation edge) {
        repeats.drained(edge);
    }

    /** A heartbeat is in nodes. */
    void beat(Incarnation node, boolean isEdge) {
        world.trace.note(() -> node + " beats");
        beatsOfOthersSince.put(node, new HashMap<>());
        if (isEdge) {
            edgesSeen.add(node);
            return;
        }
        beatsOfOthersSince.forEach((other, beats) -> {
            int needed =
                    edgesSeen.contains(other)
                            ? SimulatedRouter.GONE_AFTER_HEARTBEATS
                            : SimulatedRouter.ROUTER_GONE_AFTER_HEARTBEATS;
            if (beats.merge(node, 1, Integer::sum) >= needed) {
                silent.add(other);
            }
        });
    }

    /** A router decides that another node is gone. */
    void declaresGone(Incarnation node) {
        check(silent.contains(node), Invariant.GONE_FOR_A_REASON, () -> node + " is gone");
    }

    /** An edge is gone by the log. */
    void declaredGone(Incarnation edge) {
        figures.count("edges_gone");
        repeats.declaredGone(edge, ++moment);
    }

    void takeOversRanOut(long count) {
        figures.add("take_overs_run_out", count);
        repeats.takeOversRanOut(count);
    }

    void eventAppended(int partition, long offset, EdgeEvent appended) {
        moment++;
        switch (appended) {
            case EdgeEvent.OfSession(var device, var event) -> {
                switch (event) {
                    case EventRecord.Opened opened -> deviceBySession.put(opened.session(), device);
                    case EventRecord.Ended ended -> endedInLog.add(ended.session());
                    case EventRecord.Acked(var session, var acks) ->
                            acks.forEach(ack -> {
                                Story story = story(partition, ack.offset(), device);
                                ackInLog(story, session, offset);
                            });
                }
            }
            case EdgeEvent.OfCopies(var acked) ->
                    acked.acks()
                            .forEach(ack -> {
                                SessionId session = new SessionId(acked.edge(), ack.session());
                                Story story = story(partition, acked.offset(), deviceOf(session));
                                ackInLog(story, session, offset);
                            });
        }
    }

    private void ackInLog(Story story, SessionId session, long offset) {
        for (Sent sent : story.sends) {
            if (sent.session.id().equals(session)) {
                sent.ackInLogAt = Math.min(sent.ackInLogAt, moment);
                sent.ackOffset = offset; // the last one, if it was written again
            }
        }
    }

    /** Whose session that is. */
    DeviceId deviceOf(SessionId session) {
        return Objects.requireNonNull(deviceBySession.get(session), "a session without an opened");
    }

    private Story story(Session session, long offset) {
        return story(session.partition(), offset, session.device());
    }

    void ackTaken(Session session, EventRecord.Ack ack) {
        Sent sent = story(session, ack.offset()).sentIn(session);
        if (sent != null) {
            sent.ackTaken = true;
        }
    }

    /** The device does not want it. */
    void refused(Session session, long offset) {
        Sent sent = story(session, offset).sentIn(session);
        Objects.requireNonNull(sent, "refused and not sent").refused = true;
    }

    /** An owner sends the message. */
    void ownerSends(int partition, long offset, DeviceId device) {
        Story story = story(partition, offset, device);
        check(
                !reasons.isLongOver(story),
                Invariant.ENDING_IS_KEPT,
                () -> story + " is sent after its time to live");
    }

    /** Retention has taken what is below; what nobody had settled or parked is lost with it. */
    void retained(int partition, long start) {
        for (Story story : storiesByOffset.get(partition).headMap(start).values()) {
            if (!story.isGone && story.standsAt(partition, story.offset) && story.offset < start) {
                story.isGone = true;
                if (neitherSettledNorParked.get(partition).remove(story.offset)) {
                    figures.count("lost_to_retention");
                    unsettled.remove(story.id);
                }
            }
        }
        rejectsDue.get(partition).removeIf(offset -> offset < start);
    }

    // What goes to devices.

    /** An edge gives the message to the session. */
    void sent(Session session, HopFrame.Deliver deliver) {
        Story story = story(session, deliver.offset());
        ReceiptRecord settled = story.receipt;
        check(
                settled == null
                        || settled.outcome() == Outcome.DELIVERED
                        || repeats.isExcused(session.id()),
                Invariant.ONE_OUTCOME,
                () -> story + " is sent in " + session.id() + " after its outcome");
        reasons.checkSent(story, session, deliver);
        story.sends.add(new Sent(session));
    }

    /**
     * The owner in office sends what is not above the highest offset that the session was given.
     */
    void ownerSentBelow(Session session, long offset) {
        check(
                offset > session.highestSent(),
                Invariant.OFFSETS_RISE,
                () ->
                        story(session, offset)
                                + " is sent to "
                                + session.id()
                                + ", which was given "
                                + session.highestSent());
    }

    /** The session has taken this message, or one before it; its device may get it later. */
    void given(Session session, long offset) {
        givenBySession.computeIfAbsent(session.id(), _ -> new HashSet<>()).add(offset);
    }

    boolean isGiven(Session session, long offset) {
        return givenBySession.getOrDefault(session.id(), Set.of()).contains(offset);
    }

    /** The device receives the message. */
    void received(SimulatedDevice device, Session session, long offset) {
        Story story = story(device.partition, offset, device.id);
        check(
                story.device.equals(device.id),
                Invariant.AS_ACCEPTED,
                () -> story + " is received by " + device.id);
        Sent sent = Objects.requireNonNull(story.sentIn(session), "received and not sent");
        check(
                !sent.received || story.isGone, // a copy stands for what retention took
                Invariant.SENT_ONCE,
                () -> story + " is received twice in " + session.id());
        check(
                DeviceConnection.of(session).noteOffset(offset),
                Invariant.OFFSETS_RISE,
                () -> story + " is received in " + session.id() + " after a later one");
        for (Sent earlier : story.sends) {
            if (earlier.received) {
                countRepeat(story, earlier, session);
            }
        }
        sent.received = true;
        story.received = true;
    }

    private void countRepeat(Story story, Sent earlier, Session session) {
        if (story.isGone) {
            figures.count("duplicate_copy"); // it stands for what retention took
            return;
        }
        long eventsStart = world.partitions.get(session.partition()).events.start();
        Repeats.Cause cause = repeats.cause(earlier, session, eventsStart);
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
        figures.count("duplicate_" + Objects.requireNonNull(cause));
    }

    // What owners write.

    /** A transaction is decided: all of this is so from now on. */
    void committed(int partition, List<Appended<?>> appended) {
        figures.count("transactions");
        broadcasts.numbers(partition, appended);
        for (Appended<?> append : appended) { // first, for what is due moves before it is unparked
            if (append.value() instanceof MessageNote.Intact(var message)) {
                appendedAgain(append, message);
            }
        }
        for (Appended<?> append : appended) {
            switch (append.value()) {
                case Write.Receipt(var device, var receipt) -> settled(partition, device, receipt);
                case Write.Summary(var summary) ->
                        broadcasts
                                .members(partition, summary)
                                .forEach(device -> settled(partition, device, ofSummary(summary)));
                case StateNote note
                        when note.write instanceof Write.Park(_, var offset, var parked) -> {
                    Story story = story(partition, offset);
                    world.trace.note(() -> "parked " + story.id + ": " + parked);
                    neitherSettledNorParked.get(partition).remove(offset);
                    unsettled.add(story.id); // retention may have taken it before
                    story.endingRememberedAt =
                            parked.ending() == null ? Story.NOT_REMEMBERED : append.offset();
                }
                case StateNote note when note.write instanceof Write.Unpark(_, var offset) -> {
                    Story story = story(partition, offset);
                    if (story.receipt == null && story.standsAt(partition, offset)) {
                        neitherSettledNorParked.get(partition).add(offset);
                    }
                }
                case Rejection(_, boolean ofBroadcasts) when ofBroadcasts -> {}
                case Rejection(var offset, _) ->
                        check(
                                rejectsDue.get(partition).remove(offset)
                                        || offset
                                                < world.partitions.get(partition).messages.start(),
                                Invariant.ONE_OUTCOME,
                                () -> "rejected twice: " + partition + "-" + offset);
                default -> {}
            }
        }
        broadcasts.checkSums(partition, appended);
        for (Appended<?> append : appended) {
            if (append.value() instanceof StateNote note
                    && note.write instanceof Write.Checkpoint(var positions)) {
                world.trace.note(() -> "checkpoint of " + partition + ": " + positions);
                broadcasts.checkpoint(partition, append.offset(), positions);
                checkWatermark(partition, positions.watermark(), positions.settledAbove());
            }
        }
    }

    private void checkWatermark(int partition, long watermark, long[] settledAbove) {
        TreeSet<Long> open = neitherSettledNorParked.get(partition);
        Long lowest = open.isEmpty() ? null : open.first();
        check(
                lowest == null || lowest >= watermark,
                Invariant.WATERMARK,
                () -> story(partition, Objects.requireNonNull(lowest)) + ", " + watermark);
        for (long offset : settledAbove) {
            Story story = storiesByOffset.get(partition).get(offset);
            check(
                    story == null || story.receipt != null || !story.standsAt(partition, offset),
                    Invariant.WATERMARK,
                    () -> story + " counts as settled");
        }
    }

    /** As if each of its members had a receipt. */
    private static ReceiptRecord ofSummary(SummaryRecord summary) {
        return new ReceiptRecord(
                summary.mark(),
                summary.mark().offset(),
                summary.outcome(),
                null,
                0,
                0,
                ReceiptRecord.NEVER,
                ReceiptRecord.NEVER,
                summary.settledAtMs(),
                0,
                Proof.NONE,
                0,
                "",
                null,
                summary.broadcast());
    }

    private void appendedAgain(Appended<?> append, Message message) {
        if (message.control() != null && message.origin() == null) {
            world.trace.note(() -> "the owner appends " + message + " at " + append.offset());
            figures.count("leaves_of_sessions");
            return;
        }
        MessageId origin = Objects.requireNonNull(message.origin(), "an owner's own message");
        int partition = world.partitionOf(append.log());
        world.trace.note(() -> origin + " is appended again: " + partition + "-" + append.offset());
        if (message.control() != null) {
            figures.count("misplaced_control");
            return;
        }
        Story story = Objects.requireNonNull(storiesById.get(origin), "no message");
        reasons.checkAppendedAgain(story, partition, message);
        figures.count(story.partition == partition ? "due" : "misplaced");
        story.released |= story.partition == partition;
        neitherSettledNorParked.get(story.partition).remove(story.offset);
        story.isGone = false; // retention may have taken it where it stood before
        story.moved(partition, append.offset(), append.atMs());
        stand(story);
        world.producers.appendedAgain(partition, message);
    }

    private void settled(int partition, DeviceId device, ReceiptRecord receipt) {
        Story story = story(partition, receipt.offset(), device);
        Outcome outcome = receipt.outcome();
        world.trace.note(() -> "receipt " + receipt.id() + " " + device + " " + outcome);
        check(
                story.receipt == null,
                Invariant.ONE_OUTCOME,
                () -> story + " settles again: " + outcome);
        check(
                story.device.equals(device)
                        && story.id.equals(receipt.id())
                        && Objects.equals(story.copyOf, receipt.broadcast()),
                Invariant.AS_ACCEPTED,
                () -> story + " settles for " + device + " as " + receipt.id());
        checkDeserved(story, receipt);
        story.receipt = receipt;
        if (story.isCopy()) {
            figures.count("copy_" + outcome.label());
            return;
        }
        unsettled.remove(story.id);
        reasons.settled(story);
        figures.count(outcome.label());
        if (receipt.proof() == Proof.SENT) {
            figures.count("delivered_at_qos_0");
        }
        neitherSettledNorParked.get(partition).remove(receipt.offset());
        // Where it was appended again, and ended before that was read.
        neitherSettledNorParked.get(story.partition).remove(story.offset);
        if (outcome == Outcome.CANCELLED) {
            story.freedNowMs = world.agenda.nowMs();
        }
    }

    private void checkDeserved(Story story, ReceiptRecord receipt) {
        Outcome outcome = receipt.outcome();
        switch (outcome) {
            case DELIVERED -> {
                check(
                        story.sends.stream().anyMatch(sent -> sent.ackTaken && !sent.refused)
                                || receipt.proof() == Proof.SENT,
                        Invariant.DESERVED,
                        () -> story + " settles as delivered, its device refused it");
                check(
                        (receipt.proof() == Proof.SENT || story.isCopy())
                                ? wasSent(story) || story.received
                                : story.received,
                        Invariant.NOTHING_LOST,
                        () -> story + " settles as delivered");
            }
            case REJECTED -> {
                if (story.isCopy()) {
                    broadcasts.checkDeserved(story, outcome);
                } else {
                    reasons.checkRejected(story);
                }
            }
            case EXPIRED, OVERFLOWED, REPLACED, CANCELLED -> {
                checkNotInFlight(story, outcome);
                if (story.isCopy()) {
                    broadcasts.checkDeserved(story, outcome);
                } else {
                    reasons.checkDeserved(story, receipt);
                }
            }
        }
    }

    private static boolean wasSent(Story story) {
        return story.sends.stream()
                .anyMatch(sent -> sent.ackTaken && sent.session.heart().qos() == 0);
    }

    /** An owner's own ending must not meet a message that is in flight or was acknowledged. */
    private void checkNotInFlight(Story story, Outcome outcome) {
        if (story.isGone) {
            return; // retention took the record that was sent: its acknowledgement names nobody
        }
        long eventsStart = world.partitions.get(story.partition).events.start();
        for (Sent sent : story.sends) {
            if (sent.ackOffset < eventsStart) {
                continue; // retention took it, perhaps unread
            }
            SessionId session = sent.session.id();
            check(
                    endedInLog.contains(session) || repeats.isExcused(session),
                    Invariant.ONE_OUTCOME,
                    () -> story + " settles as " + outcome + " while in flight in " + session);
            check(
                    sent.ackInLogAt >= repeats.goneSince(session) || repeats.hasTakeOverRunOut(),
                    Invariant.ONE_OUTCOME,
                    () -> story + " settles as " + outcome + ", Kafka has its acked: " + session);
        }
    }

    /** The message, or the copy that the device has. */
    Story story(int partition, long offset, DeviceId device) {
        Story copy = broadcasts.copy(partition, offset, device);
        return copy == null ? story(partition, offset) : copy;
    }

    Story story(int partition, long offset) {
        return Objects.requireNonNull(storiesByOffset.get(partition).get(offset), "no message");
    }

    /** The messages of which an owner read at its claim that they are to end if they come back. */
    Set<Long> remembered(int partition, long epoch) {
        Set<Long> offsets = new HashSet<>();
        for (Story story : storiesByOffset.get(partition).values()) {
            if (story.partition == partition
                    && story.receipt == null
                    && story.endingRememberedAt < epoch) {
                offsets.add(story.offset);
            }
        }
        return offsets;
    }

    // The end.

    /** Whether every message has its outcome, and every reject is kept. */
    boolean isSettled() {
        return areMessagesSettled() && broadcasts.missed() == null && broadcasts.isSettled();
    }

    private boolean areMessagesSettled() {
        return unsettled.isEmpty() && rejectsDue.stream().allMatch(Set::isEmpty);
    }

    void checkSettled() {
        check(
                unsettled.isEmpty(),
                Invariant.NOTHING_LOST,
                () -> "in the end: " + storiesById.get(unsettled.iterator().next()));
        check(
                areMessagesSettled(),
                Invariant.NOTHING_LOST,
                () -> "not kept as rejected: " + rejectsDue);
        broadcasts.checkMet();
        broadcasts.checkSettled();
    }

    static void checkDelivered(Story story) {
        ReceiptRecord receipt = story.receipt;
        check(
                receipt != null && receipt.outcome() == Outcome.DELIVERED,
                Invariant.NOTHING_LOST,
                () -> "everything works again, but " + story);
    }
}
