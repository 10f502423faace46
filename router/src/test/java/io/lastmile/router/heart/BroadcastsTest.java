package io.lastmile.router.heart;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lastmile.wire.Audience;
import io.lastmile.wire.BroadcastId;
import io.lastmile.wire.ChannelName;
import io.lastmile.wire.Control;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.EndReason;
import io.lastmile.wire.Incarnation;
import io.lastmile.wire.MemberSource;
import io.lastmile.wire.Message;
import io.lastmile.wire.Outcome;
import io.lastmile.wire.Payload;
import io.lastmile.wire.SessionId;
import io.lastmile.wire.Transport;
import io.lastmile.wire.Urgency;
import io.lastmile.wire.hop.HopFrame;
import io.lastmile.wire.record.BroadcastFacts;
import io.lastmile.wire.record.BroadcastRecord;
import io.lastmile.wire.record.CheckpointRecord.BroadcastsRead;
import io.lastmile.wire.record.CopiesAckedRecord;
import io.lastmile.wire.record.EventRecord;
import io.lastmile.wire.record.MarkRecord;
import io.lastmile.wire.record.Proof;
import io.lastmile.wire.record.Receipts;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * A broadcast, from the topic to the outcome of each member.
 *
 * <p>Long because all of its stages need the same heart, log and edge around them.
 */
class BroadcastsTest {
    private static final int PARTITION = 0;
    private static final Incarnation EDGE = new Incarnation("edge", 1);
    private static final ChannelName NEWS = new ChannelName("news");
    private static final Payload PAYLOAD = Payload.ofText("hello");

    private final List<Command> commands = new ArrayList<>();
    private final List<Write> committed = new ArrayList<>();
    private final List<Write> written = new ArrayList<>(); // by the commit that is under way
    private PartitionHeart heart = claim(new RestoredDevices(PARTITION), restored());
    private long nowMs = 1_000;
    private long messages;
    private long events;
    private boolean commits = true;
    private boolean answers = true; // where messages end

    private static RestoredBroadcasts restored() {
        return new RestoredBroadcasts(PARTITION);
    }

    private PartitionHeart claim(RestoredDevices devices, RestoredBroadcasts broadcasts) {
        return claim(devices, broadcasts, 0, BroadcastsRead.FROM_START, new long[0]);
    }

    private PartitionHeart claim(
            RestoredDevices devices,
            RestoredBroadcasts broadcasts,
            long watermark,
            BroadcastsRead read,
            long[] settled) {
        PartitionHeart next =
                new PartitionHeart(
                        PARTITION,
                        HeartSettings.defaults(),
                        new Restored(
                                new Positions(watermark, 0, read, settled),
                                0,
                                devices,
                                Map.of(),
                                Map.of(),
                                broadcasts,
                                Set.of(EDGE)),
                        nowMs,
                        nowMs,
                        this::commanded);
        return next;
    }

    private void commanded(Command command) {
        commands.add(command);
        if (command instanceof Command.Commit(var writes)) {
            written.addAll(writes);
        }
    }

    private void on(Event event) {
        heart.timeIs(nowMs, nowMs);
        heart.on(event);
        settle();
    }

    /** Marks are read back, bodies come, slices have their turn, transactions are committed. */
    private void settle() {
        boolean busy = true;
        for (int done = 0; busy; ) {
            busy = false;
            List<Command> news = List.copyOf(commands.subList(done, commands.size()));
            done = commands.size();
            for (Command command : news) {
                switch (command) {
                    case Command.SliceSoon _ -> heart.on(new Event.Slice());
                    case Command.LoadBroadcast(var offset, var _) ->
                            heart.on(
                                    new Event.BroadcastLoaded(
                                            offset,
                                            Message.plain(BroadcastRecord.ADDRESSEE, PAYLOAD)));
                    case Command.AskJoinsEnd _ -> {
                        if (answers) {
                            heart.on(new Event.JoinsEnd(messages));
                        }
                    }
                    case Command.Commit _ -> {
                        if (commits) {
                            commit();
                        }
                    }
                    default -> {}
                }
                busy = true;
            }
        }
    }

    private void commit() {
        List<Write> all = List.copyOf(written);
        written.clear();
        committed.addAll(all);
        heart.on(new Event.Committed());
        for (Write write : all) {
            if (write instanceof Write.Mark(var mark)) {
                heart.on(new Event.MarkRead(messages++, mark));
            } else if (write instanceof Write.Control(var device, var control)) {
                heart.on(
                        new Event.MessageRead(messages++, nowMs, Message.control(device, control)));
            }
        }
    }

    private void tick() {
        nowMs += 500;
        on(new Event.Tick());
    }

    private static DeviceId device(int i) {
        return new DeviceId("device-" + i);
    }

    private void join(int i, MemberSource source) {
        join(i, NEWS, source);
    }

    private void join(int i, ChannelName channel, MemberSource source) {
        on(
                new Event.MessageRead(
                        messages++,
                        nowMs,
                        Message.control(device(i), new Control.Join(channel, source))));
    }

    private void leave(int i) {
        on(
                new Event.MessageRead(
                        messages++,
                        nowMs,
                        Message.control(device(i), new Control.Leave(NEWS, MemberSource.API))));
    }

    private SessionId open(int i) {
        return open(i, true);
    }

    private SessionId open(int i, boolean takesInbox) {
        SessionId session = new SessionId(EDGE, i + 1);
        on(
                new Event.EdgeEventRead(
                        events++,
                        device(i),
                        new EventRecord.Opened(
                                session,
                                EventRecord.FIRST,
                                Transport.TCP,
                                5,
                                1,
                                16,
                                takesInbox,
                                nowMs)));
        return session;
    }

    private void edgeAnswers(HopFrame.HeldSession... held) {
        on(new Event.EdgeAnswered(EDGE, List.of(held), held.length, events));
    }

    private void broadcast(long id, String audience) {
        broadcast(id, audience, null, 60);
    }

    private void broadcast(long id, String audience, @Nullable String key, long ttlSeconds) {
        on(new Event.BroadcastRead(facts(id, audience, key, ttlSeconds)));
    }

    private BroadcastFacts facts(long id, String audience, @Nullable String key, long ttlSeconds) {
        return new BroadcastFacts(
                new BroadcastId(id),
                Audience.parse(audience),
                nowMs,
                ttlSeconds,
                Message.ABSENT,
                0,
                PAYLOAD.length(),
                Urgency.NORMAL,
                key,
                null,
                Receipts.SUMMARY,
                false);
    }

    private void ack(long offset, int member, int device) {
        on(
                new Event.CopiesAckedRead(
                        events++,
                        new CopiesAckedRecord(
                                EDGE,
                                offset,
                                List.of(
                                        new CopiesAckedRecord.Ack(
                                                member,
                                                device + 1,
                                                nowMs,
                                                nowMs,
                                                Proof.PUBACK,
                                                0)))));
    }

    private List<HopFrame.Recipient> recipients(long broadcast) {
        List<HopFrame.Recipient> all = new ArrayList<>();
        for (Command command : commands) {
            if (command instanceof Command.SendCopies copies
                    && heart.broadcast(new BroadcastId(broadcast))
                            .map(view -> view.mark().offset() == copies.offset())
                            .orElse(false)) {
                all.addAll(copies.recipients());
            }
        }
        return all;
    }

    private BroadcastView view(long id) {
        return heart.broadcast(new BroadcastId(id)).orElseThrow();
    }

    private int count(long id, Outcome outcome) {
        return view(id).state().countByOutcome().getOrDefault(outcome, 0);
    }

    private List<Integer> summed(Outcome outcome) {
        List<Integer> members = new ArrayList<>();
        for (Write write : committed) {
            if (write instanceof Write.Summary(var summary) && summary.outcome() == outcome) {
                for (int member : summary.members()) {
                    members.add(member);
                }
            }
        }
        return members;
    }

    @Test
    void whoIsConnectedGetsItAtOnceAndWhoIsAwayLater() {
        edgeAnswers();
        for (int i = 0; i < 3; i++) {
            join(i, MemberSource.API);
        }
        open(0);
        open(1);
        tick();
        broadcast(0, "news");
        tick();
        assertEquals(3, view(0).waiting());
        assertEquals(
                List.of(new HopFrame.Recipient(1, 0), new HopFrame.Recipient(2, 1)), recipients(0));
        long mark = view(0).mark().offset();
        ack(mark, 0, 0);
        ack(mark, 1, 1);
        tick();
        assertEquals(2, count(0, Outcome.DELIVERED));
        open(2);
        ack(mark, 2, 2);
        tick();
        assertEquals(0, view(0).waiting());
        assertEquals(3, count(0, Outcome.DELIVERED));
        assertEquals(List.of(0, 1, 2), summed(Outcome.DELIVERED));
    }

    @Test
    void whoJoinsWhileATransactionIsCommittedIsAtRestBehindTheNext() {
        edgeAnswers();
        commits = false;
        join(0, MemberSource.API);
        tick();
        join(1, MemberSource.API); // while the first one's transaction is under way
        commit();
        tick();
        tick(); // a look at who is quiet, while the second one's is
        commit();
        assertEquals(0, heart.figures().awake());
    }

    @Test
    void whoJoinsOrLeavesBehindTheMarkIsNoNewsToIt() {
        edgeAnswers();
        join(0, MemberSource.API);
        join(1, MemberSource.API);
        tick();
        broadcast(0, "news");
        leave(0);
        join(2, MemberSource.API);
        tick();
        assertEquals(2, view(0).waiting());
        open(0);
        open(2);
        tick();
        assertEquals(List.of(new HopFrame.Recipient(1, 0)), recipients(0));
        ack(view(0).mark().offset(), 0, 0);
        tick();
        tick();
        assertEquals(1, count(0, Outcome.DELIVERED));
        assertEquals(
                List.of(new MemberView(1, device(1)), new MemberView(2, device(2))),
                heart.members(NEWS, -1, 10));
    }

    @Test
    void aConditionMeetsThoseThatItIsTrueOf() {
        edgeAnswers();
        ChannelName beta = new ChannelName("beta");
        for (int i = 0; i < 4; i++) {
            join(i, MemberSource.API);
        }
        join(1, beta, MemberSource.API);
        join(9, beta, MemberSource.API);
        tick();
        broadcast(0, "news & !beta");
        tick();
        assertEquals(3, view(0).waiting());
        broadcast(1, "news | beta");
        tick();
        assertEquals(5, view(1).waiting());
    }

    @Test
    void aMessageBehindTheMarkGoesBehindTheCopy() {
        edgeAnswers();
        join(0, MemberSource.API);
        open(0);
        tick();
        on(
                new Event.MarkRead(
                        messages++, new MarkRecord(0, MarkRecord.ALL, facts(0, "news", null, 60))));
        on(
                new Event.MessageRead(
                        messages++, nowMs, Message.plain(device(0), Payload.ofText("later"))));
        List<Long> offsets = new ArrayList<>();
        for (Command command : commands) {
            switch (command) {
                case Command.Send send -> offsets.add(send.offset());
                case Command.SendCopies copies -> offsets.add(copies.offset());
                default -> {}
            }
        }
        assertEquals(List.of(1L, 2L), offsets);
    }

    @Test
    void whatExpiresEndsForAllThatWait() {
        edgeAnswers();
        join(0, MemberSource.API);
        join(1, MemberSource.API);
        open(0);
        tick();
        broadcast(0, "news", null, 1);
        tick();
        nowMs += 5_000;
        tick();
        tick();
        assertEquals(1, count(0, Outcome.EXPIRED));
        assertEquals(1, view(0).waiting()); // it was given to the one that is connected
        on(
                new Event.EdgeEventRead(
                        events++,
                        device(0),
                        new EventRecord.Ended(
                                new SessionId(EDGE, 1), EndReason.KEEP_ALIVE, nowMs)));
        tick();
        assertEquals(2, count(0, Outcome.EXPIRED));
        assertEquals(0, view(0).waiting());
    }

    @Test
    void aCancelOfWhatIsNotMarkedYetWaitsForIt() {
        edgeAnswers();
        join(0, MemberSource.API);
        tick();
        commits = false;
        broadcast(0, "news");
        on(new Event.BroadcastCancelled(1, new BroadcastId(0)));
        assertFalse(heart.wantsBroadcasts());
        commits = true;
        commit();
        settle();
        tick();
        tick();
        assertTrue(heart.wantsBroadcasts());
        assertEquals(1, count(0, Outcome.CANCELLED));
    }

    @Test
    void anOwnerWhoseClockIsBehindThatOfTheBrokerSendsItToo() {
        edgeAnswers();
        join(0, MemberSource.API);
        open(0);
        tick();
        nowMs += 700;
        BroadcastFacts later = facts(0, "news", null, 60);
        nowMs -= 700;
        on(new Event.BroadcastRead(later));
        tick();
        assertEquals(List.of(new HopFrame.Recipient(1, 0)), recipients(0));
    }

    @Test
    void aMarkThatIsNotCommittedWhereMessagesEndIsNotLost() {
        edgeAnswers();
        join(0, MemberSource.API);
        tick();
        commits = false;
        broadcast(0, "news");
        on(new Event.BroadcastCancelled(1, new BroadcastId(0)));
        tick(); // asks where messages end, and hears that they are read to there
        commits = true;
        commit();
        settle();
        tick();
        tick();
        assertEquals(1, count(0, Outcome.CANCELLED));
    }

    @Test
    void aCancelIsInTheStateBeforeItEndsAnybody() {
        join(0, MemberSource.API); // no edge has answered: nothing may end yet
        tick();
        broadcast(0, "news");
        tick();
        on(new Event.BroadcastCancelled(1, new BroadcastId(0)));
        tick();
        assertEquals(1, view(0).waiting());
        Outcome ending = null;
        for (Write write : committed) {
            if (write instanceof Write.BroadcastState(var _, var state) && state != null) {
                ending = state.ending();
            }
        }
        assertEquals(Outcome.CANCELLED, ending);
    }

    @Test
    void aLaterOneWithItsCollapseKeyReplacesIt() {
        edgeAnswers();
        join(0, MemberSource.API);
        tick();
        broadcast(0, "news", "score", 60);
        tick();
        broadcast(1, "news", "score", 60);
        tick();
        tick();
        assertEquals(1, count(0, Outcome.REPLACED));
        assertEquals(1, view(1).waiting());
    }

    @Test
    void aBroadcastBehindAJoinThatIsNotReadYetWaitsForIt() {
        edgeAnswers();
        messages = 1; // the join stands in the log, and has not been read
        on(new Event.BroadcastRead(facts(0, "news", null, 60)));
        tick();
        assertTrue(heart.broadcast(new BroadcastId(0)).isEmpty());
        on(
                new Event.MessageRead(
                        0,
                        nowMs,
                        Message.control(device(0), new Control.Join(NEWS, MemberSource.API))));
        tick();
        tick();
        assertEquals(1, view(0).waiting());
    }

    @Test
    void anAnswerDecidesNothingThatWasReadAfterTheQuestion() {
        edgeAnswers();
        answers = false;
        broadcast(0, "news");
        tick(); // asks where messages end: at 0
        join(0, new ChannelName("other"), MemberSource.API);
        broadcast(1, "other"); // concerns somebody, and takes the first with it
        messages++; // a join of news, which has not been read
        broadcast(3, "news");
        on(new Event.JoinsEnd(0));
        join(0, MemberSource.API);
        answers = true;
        tick();
        tick();
        assertEquals(1, view(3).waiting());
    }

    @Test
    void aMembershipOfASessionEndsWithIt() {
        edgeAnswers();
        SessionId session = open(0, false);
        join(0, new MemberSource.OfSession(session, 0));
        tick();
        assertEquals(1, heart.members(NEWS, -1, 10).size());
        on(
                new Event.EdgeEventRead(
                        events++,
                        device(0),
                        new EventRecord.Ended(session, EndReason.CLOSED_BY_DEVICE, nowMs)));
        tick();
        assertEquals(List.of(), heart.members(NEWS, -1, 10));
        assertEquals(Map.of(), heart.channels());
    }

    @Test
    void whatWaitsForItsTimeMeetsThoseThatAreMembersThen() {
        edgeAnswers();
        join(0, MemberSource.API);
        tick();
        on(new Event.BroadcastRead(notBefore(0, nowMs + 2_000)));
        tick();
        assertTrue(heart.broadcast(new BroadcastId(0)).isEmpty());
        assertFalse(heart.hasCut(new BroadcastId(0)));
        join(1, MemberSource.API);
        nowMs += 2_000;
        tick();
        tick();
        assertEquals(2, view(0).waiting());
    }

    private BroadcastFacts notBefore(long id, long notBeforeMs) {
        BroadcastFacts facts = facts(id, "news", null, 60);
        return new BroadcastFacts(
                facts.id(),
                facts.audience(),
                facts.acceptedAtMs(),
                facts.ttlSeconds(),
                notBeforeMs,
                0,
                facts.bodyBytes(),
                facts.urgency(),
                null,
                null,
                Receipts.SUMMARY,
                true);
    }

    @Test
    void whatIsKeptGoesOnceToWhoJoinsLater() {
        edgeAnswers();
        tick();
        on(new Event.BroadcastRead(notBefore(0, Message.ABSENT)));
        tick();
        assertEquals(0, view(0).waiting());
        open(0);
        join(0, MemberSource.API);
        join(1, MemberSource.API);
        tick();
        tick();
        assertEquals(List.of(new HopFrame.Recipient(1, 0)), recipients(0));
        ack(view(0).mark().offset(), 0, 0);
        tick();
        leave(0);
        join(0, MemberSource.API);
        tick();
        tick();
        assertEquals(1, recipients(0).size());
        assertEquals(1, count(0, Outcome.DELIVERED));
        assertEquals(1, view(0).waiting());
    }

    @Test
    void whatIsKeptGoesBehindWhatTheSessionWasGiven() {
        edgeAnswers();
        on(new Event.BroadcastRead(notBefore(0, Message.ABSENT)));
        tick();
        open(0);
        on(
                new Event.MessageRead(
                        messages++, nowMs, Message.plain(device(0), Payload.ofText("first"))));
        join(0, MemberSource.API);
        tick();
        tick();
        assertEquals(List.of(new HopFrame.Recipient(1, 0)), recipients(0));
    }

    @Test
    void whereTheLogHasLostItsEndTheNextBroadcastCountsAllTheSame() {
        edgeAnswers();
        join(0, MemberSource.API);
        on(new Event.BroadcastsReadTo(90));
        on(new Event.BroadcastsEnd(2));
        broadcast(2, "news");
        tick();
        assertEquals(1, view(2).waiting());
    }

    @Test
    void aSuccessorGoesOnWithWhatIsCommitted() {
        edgeAnswers();
        for (int i = 0; i < 3; i++) {
            join(i, MemberSource.API);
        }
        open(0);
        tick();
        broadcast(0, "news");
        tick();
        long mark = view(0).mark().offset();
        ack(mark, 0, 0);
        tick();
        RestoredDevices devices = new RestoredDevices(PARTITION);
        RestoredBroadcasts broadcasts = restored();
        BroadcastsRead read = BroadcastsRead.FROM_START;
        for (Write write : committed) {
            switch (write) {
                case Write.Membership(var id, var member) -> devices.member(id, member);
                case Write.Online(var id, var presence) -> devices.presence(id, presence);
                case Write.Offline(var id) -> devices.presence(id, null);
                case Write.BroadcastState(var offset, var state) -> broadcasts.state(offset, state);
                case Write.Outcomes(var offset, var piece, var outcomes) ->
                        broadcasts.outcomes(offset, piece, outcomes);
                case Write.Checkpoint(var positions) -> read = positions.broadcasts();
                default -> {}
            }
        }
        commands.clear();
        heart = claim(devices, broadcasts, messages, read, new long[0]);
        edgeAnswers(new HopFrame.HeldSession(device(0), 1, 0, mark));
        broadcast(0, "news"); // read before
        on(
                new Event.MarkRead(
                        messages++, new MarkRecord(0, MarkRecord.ALL, facts(0, "news", null, 60))));
        tick();
        assertEquals(2, view(0).waiting());
        assertEquals(List.of(), recipients(0));
        open(1);
        ack(mark, 1, 1);
        tick();
        assertEquals(1, view(0).waiting());
        assertEquals(2, count(0, Outcome.DELIVERED));
    }
}
