package io.lastmile.simulation;

import io.lastmile.router.heart.Event;
import io.lastmile.router.heart.Write;
import io.lastmile.router.owner.ClaimPlan;
import io.lastmile.router.owner.ClaimStep;
import io.lastmile.router.owner.ClaimedState;
import io.lastmile.router.owner.EventsEnd;
import io.lastmile.router.owner.OwnedPartition;
import io.lastmile.router.owner.OwnerWorld;
import io.lastmile.router.owner.Unreadable;
import io.lastmile.router.ownership.OwnershipEvent;
import io.lastmile.simulation.PartitionLogs.BroadcastNote;
import io.lastmile.simulation.PartitionLogs.EdgeEvent;
import io.lastmile.simulation.PartitionLogs.MessageNote;
import io.lastmile.simulation.PartitionLogs.StateNote;
import io.lastmile.simulation.TransactionCoordinator.Answer;
import io.lastmile.simulation.TransactionCoordinator.Append;
import io.lastmile.simulation.TransactionCoordinator.Producer;
import io.lastmile.wire.BroadcastId;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.Incarnation;
import io.lastmile.wire.Message;
import io.lastmile.wire.Partitions;
import io.lastmile.wire.hop.HopFrame;
import io.lastmile.wire.record.BroadcastRecord;
import io.lastmile.wire.record.ClaimRecord;
import io.lastmile.wire.record.InboxKey;
import io.lastmile.wire.record.Topic;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A claim and what comes of it: does with the modelled Kafka and hops what the real {@link
 * ClaimPlan} and {@link OwnedPartition} want done.
 *
 * <p>Long because it does all that either can want.
 */
final class Owner implements OwnerWorld {
    private static final int RECORDS_AT_ONCE = 200;
    private static final int TICKS_A_LOOK = 10;

    private final SimulatedRouter router;
    private final World world;
    private final PartitionLogs logs;
    private final Sabotage sabotage;
    private final Oracle oracle;
    private final ClaimedState state;
    private final Map<Topic, Long> positions = new EnumMap<>(Topic.class);
    private final long attempt;
    private boolean dropped;
    private long takeOversRunOut;
    private @Nullable Supplier<ClaimStep> permitted;
    private @Nullable Producer producer;
    private @Nullable OwnedPartition owned;
    private final Deque<List<Append<?>>> uncommitted = new ArrayDeque<>(); // of a planted bug
    private int ticks;
    private boolean handingOver;
    private boolean lost;

    /** A transaction was not committed: no bug. */
    private static final class NotCommitted extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    Owner(SimulatedRouter router, PartitionLogs logs, long attempt) {
        this.attempt = attempt;
        this.router = router;
        this.world = router.world;
        this.logs = logs;
        this.sabotage = new Sabotage(world, logs);
        this.oracle = new Oracle(world, logs.partition);
        this.state = new ClaimedState(logs.partition, logs.ids);
    }

    int partition() {
        return logs.partition;
    }

    private boolean isInForce() {
        return !dropped && router.isOwner(this);
    }

    private Runnable here(Runnable action) {
        return router.here(() -> {
            if (isInForce()) {
                action.run();
            }
        });
    }

    void drop() {
        world.trace.note(() -> this + " is dropped");
        dropped = true;
        if (owned != null) {
            owned.drop();
        }
        router.dropped(this, owned);
    }

    boolean isServing() {
        return owned != null && !lost;
    }

    private OwnedPartition owned() {
        return Objects.requireNonNull(owned, "a claim comes first");
    }

    // Claiming.

    boolean isOf(long claimAttempt) {
        return attempt == claimAttempt;
    }

    void claim() {
        world.trace.note(() -> this + " claims");
        if (router.canClaim(partition())) {
            perform(new ClaimPlan(state).begin());
        } else {
            world.figures.count("claims_failing");
            router.later(10, 300, here(this::failed));
        }
    }

    void fence() {
        perform(Objects.requireNonNull(permitted, "prepared comes first").get());
    }

    private void perform(ClaimStep step) {
        switch (step) {
            case ClaimStep.AskStarts(var topics, var then) -> {
                Map<Topic, Long> starts = new EnumMap<>(Topic.class);
                topics.forEach(topic -> starts.put(topic, logs.log(topic).start()));
                world.kafka.eventually(1, 50, here(() -> perform(then.apply(starts))));
            }
            case ClaimStep.AskEnds(var topics, var then) -> {
                Map<Topic, Long> ends = new EnumMap<>(Topic.class);
                for (Topic topic : new TreeSet<>(topics)) {
                    askEnd(
                            topic,
                            end -> {
                                ends.put(topic, end);
                                if (ends.size() == topics.size()) {
                                    perform(then.apply(ends));
                                }
                            });
                }
            }
            case ClaimStep.ReadTo(var ends, var then) -> readTo(ends, then);
            case ClaimStep.AwaitPermit(var then) -> {
                permitted = then;
                router.tell(new OwnershipEvent.ClaimPrepared(partition(), attempt));
                router.prepared();
            }
            case ClaimStep.Fence(var then) -> {
                world.figures.count("claims");
                logs.transactions.initTransactions(next ->
                        here(
                                        () -> {
                                            producer = next;
                                            commit(
                                                    List.of(claimRecord()),
                                                    offset -> perform(then.apply(offset)));
                                        })
                                .run());
            }
            case ClaimStep.SetAside(var unreadable, var then) ->
                    commit(tombstones(unreadable), _ -> perform(then.get()));
            case ClaimStep.AskEdges(var named, var then) ->
                    router.edgesOnceTold(named, here(() -> perform(then.apply(router.edges()))));
            case ClaimStep.Claimed claimed -> claimed(claimed);
        }
    }

    private Append<?> claimRecord() {
        return new Append<>(
                logs.inbox,
                new StateNote(
                        new InboxKey.Claim().encode(),
                        new ClaimRecord(router.incarnation(), router.wallMs()).encode(),
                        null));
    }

    private List<Append<?>> tombstones(List<Unreadable> unreadable) {
        world.figures.add("state_set_aside", unreadable.size());
        List<Append<?>> all = new ArrayList<>();
        for (Unreadable one : unreadable) {
            StateNote raw = (StateNote) one.raw();
            all.add(new Append<>(logs.strangers, raw));
            if (!one.hasOwnersKey()) {
                all.add(new Append<>(logs.state(one.topic()), new StateNote(raw.key, null, null)));
            }
        }
        return all;
    }

    private void askEnd(Topic topic, LongConsumer action) {
        world.kafka.askEnd(logs.log(topic), router, end -> here(() -> action.accept(end)).run());
    }

    private void readTo(Map<Topic, Long> ends, Supplier<ClaimStep> then) {
        boolean enough =
                world.has(Mutant.INBOX_IS_READ_SHORT)
                        && positions.getOrDefault(Topic.INBOX, 0L) > 0;
        if (enough
                || ends.entrySet().stream()
                        .allMatch(end ->
                                positions.getOrDefault(end.getKey(), 0L) >= end.getValue())) {
            perform(then.get());
            return;
        }
        world.kafka.eventually(
                1,
                15,
                here(() -> {
                    new TreeSet<>(ends.keySet()).forEach(this::read);
                    readTo(ends, then);
                }));
    }

    private void read(Topic topic) {
        SimulatedLog.Batch<StateNote> batch =
                logs.state(topic).read(positions.getOrDefault(topic, 0L), RECORDS_AT_ONCE);
        positions.put(topic, batch.nextOffset());
        for (SimulatedLog.Read<StateNote> read : batch.records()) {
            StateNote note = read.value();
            var _ = state.read(topic, read.offset(), note.key, sabotage.restored(note), note);
        }
    }

    private void claimed(ClaimStep.Claimed done) {
        world.figures.add("log_gap_claimed", state.gaps().size());
        world.trace.note(() -> this + " is claimed, at " + done.restored().positions());
        oracle.begins(done.epoch());
        owned =
                new OwnedPartition(
                        partition(),
                        done.epoch(),
                        world.heartSettings(),
                        sabotage.restored(done.restored()),
                        router::nowMs,
                        world.agenda::nowMs,
                        this);
        new TreeSet<>(done.restored().lostEdges()).forEach(owned::edgeGone);
        router.tell(new OwnershipEvent.ClaimRestored(partition(), attempt, done.epoch()));
    }

    // Serving.

    void begin() {
        OwnedPartition mine = owned();
        router.serves(mine);
        new Tail<>(
                        router,
                        logs.messages,
                        mine.start().watermark(),
                        this::isInForce,
                        mine::wantsMessages,
                        this::messagesRead,
                        this::gap)
                .poll();
        new Tail<>(
                        router,
                        logs.events,
                        mine.start().eventsPosition(),
                        this::isInForce,
                        () -> mine.wantsEvents() && !router.readsEventsLate(),
                        this::eventsRead,
                        this::gap)
                .poll();
        if (world.plan.has(Trait.BROADCASTS)) {
            readBroadcasts();
        }
        tick();
    }

    /** Now and then from further back, as where another partition of the router needs it. */
    private void readBroadcasts() {
        long behind = world.chance.percent(30) ? world.chance.between(0, 5) : 0;
        readBroadcasts(Math.max(0, owned().broadcastsPosition() - behind));
    }

    /** What retention took before it was read has expired. */
    private void readBroadcasts(long from) {
        new Tail<>(
                        router,
                        world.broadcasts,
                        Math.max(from, world.broadcasts.start()),
                        this::isInForce,
                        owned()::wantsBroadcasts,
                        this::broadcastsRead,
                        () -> readBroadcasts(0))
                .poll();
    }

    private void broadcastsRead(SimulatedLog.Batch<BroadcastNote> batch) {
        for (SimulatedLog.Read<BroadcastNote> read : batch.records()) {
            Event event = broadcastEvent(read);
            sabotage.readBroadcast(event, owned()).ifPresent(this::tell);
            oracle.told(event, owned);
        }
        owned().feed(new Event.BroadcastsReadTo(batch.nextOffset()));
    }

    private static Event broadcastEvent(SimulatedLog.Read<BroadcastNote> read) {
        BroadcastId id = new BroadcastId(read.offset());
        return switch (read.value()) {
            case BroadcastNote.Intact(BroadcastRecord.Post post) ->
                    new Event.BroadcastRead(post.facts(id, read.appendedAtMs()));
            case BroadcastNote.Intact(BroadcastRecord.Cancel(var cancelled)) ->
                    new Event.BroadcastCancelled(read.offset(), cancelled);
            case BroadcastNote.Nonsense nonsense ->
                    new Event.BroadcastUnreadable(read.offset(), "nonsense", nonsense);
        };
    }

    /** Retention took what was not read: what is left is found by claiming again. */
    private void gap() {
        world.figures.count("log_gap_read");
        owned().lost(new NotCommitted());
    }

    void handOver() {
        handingOver = true;
        tell(new Event.HandOver());
    }

    private void tick() {
        OwnedPartition mine = owned();
        mine.tick();
        if (++ticks % TICKS_A_LOOK == 0) {
            oracle.looksAt(mine);
        }
        long ranOut = mine.figures().takeOversRunOut();
        if (!world.has(Mutant.TAKE_OVER_IS_NOT_AWAITED)) {
            world.books.takeOversRanOut(ranOut - takeOversRunOut);
        }
        takeOversRunOut = ranOut;
        if (handingOver && mine.isSettledDown()) {
            router.tell(new OwnershipEvent.HandedOver(partition(), mine.epoch()));
        } else {
            world.agenda.after(world.chance.between(10, 100), here(this::tick));
        }
    }

    private void tell(Event event) {
        world.trace.note(() -> this + " <- " + event);
        owned().feed(event);
    }

    private void messagesRead(SimulatedLog.Batch<MessageNote> batch) {
        for (SimulatedLog.Read<MessageNote> read : sabotage.inOrder(batch.records())) {
            Event event = event(read);
            world.books.broadcasts().readTo(partition(), read.offset() + 1);
            sabotage.read(event).ifPresent(this::tell);
            oracle.told(event, owned);
        }
        owned().feedMessagesReadTo(batch.nextOffset());
    }

    private Event event(SimulatedLog.Read<MessageNote> read) {
        long offset = read.offset();
        long atMs = read.appendedAtMs();
        return switch (read.value()) {
            case MessageNote.Marked(var mark) -> new Event.MarkRead(offset, mark);
            case MessageNote.Nonsense nonsense ->
                    new Event.UnreadableRead(offset, atMs, nonsense.device(), "nonsense", nonsense);
            case MessageNote.Intact(var message) -> {
                int right = Partitions.of(message.device(), world.plan.partitions);
                yield right == partition()
                        ? new Event.MessageRead(offset, atMs, message)
                        : new Event.MisplacedRead(offset, atMs, right, message);
            }
        };
    }

    private void eventsRead(SimulatedLog.Batch<EdgeEvent> batch) {
        for (SimulatedLog.Read<EdgeEvent> read : batch.records()) {
            Event.OfEdge event =
                    switch (read.value()) {
                        case EdgeEvent.OfSession(var device, var of) ->
                                new Event.EdgeEventRead(read.offset(), device, of);
                        case EdgeEvent.OfCopies(var acked) ->
                                new Event.CopiesAckedRead(read.offset(), acked);
                    };
            if (!sabotage.isPassedOver(event, owned())) {
                tell(sabotage.read(event));
            }
        }
        owned().feedEventsReadTo(batch.nextOffset());
    }

    // What the partition wants done.

    @Override
    public void send(Incarnation edge, HopFrame.FromRouter frame) {
        world.trace.note(() -> this + " sends " + edge + " " + frame);
        if (frame instanceof HopFrame.Deliver deliver) {
            oracle.sends(deliver, owned);
        }
        if (frame instanceof HopFrame.Copies copies) {
            oracle.sends(copies, edge, owned);
        }
        if (frame instanceof HopFrame.Copies && world.has(Mutant.COPIES_GO_OUT_LATE)) {
            world.agenda.after(20, here(() -> router.send(edge, frame)));
        } else {
            router.send(edge, frame);
        }
        sabotage.sent(edge, frame).ifPresent(this::tell);
    }

    @Override
    public void flush() {}

    @Override
    public void load(OwnedPartition from, DeviceId device, long offset) {
        world.kafka.eventually(
                1, 30, here(() -> tell(new Event.BodyLoaded(device, offset, body(offset)))));
    }

    @Override
    public void load(OwnedPartition from, long offset, BroadcastId id) {
        world.kafka.eventually(
                1, 30, here(() -> tell(new Event.BroadcastLoaded(offset, broadcastBody(id)))));
    }

    private @Nullable Message broadcastBody(BroadcastId id) {
        List<SimulatedLog.Read<BroadcastNote>> read =
                world.broadcasts.read(id.offset(), 1).records();
        boolean there = !read.isEmpty() && read.getFirst().offset() == id.offset();
        return there
                        && read.getFirst().value()
                                instanceof BroadcastNote.Intact(BroadcastRecord.Post post)
                ? post.message()
                : null;
    }

    @Override
    public void sliceSoon(OwnedPartition from) {
        world.kafka.eventually(0, 5, here(() -> tell(new Event.Slice())));
    }

    @Override
    public void askJoinsEnd(OwnedPartition from) {
        world.kafka.askHighEnd(
                logs.messages,
                router,
                end -> {
                    Event answer = new Event.JoinsEnd(sabotage.joinsEnd(end));
                    here(() -> tell(answer)).run();
                });
    }

    private @Nullable Message body(long offset) {
        List<SimulatedLog.Read<MessageNote>> read = logs.messages.read(offset, 1).records();
        boolean there = !read.isEmpty() && read.getFirst().offset() == offset;
        return there && read.getFirst().value() instanceof MessageNote.Intact(var message)
                ? message
                : null;
    }

    @Override
    public void commit(OwnedPartition from, List<Write> writes) {
        List<Append<?>> appends = new ArrayList<>();
        for (Write write : sabotage.writes(writes)) {
            appends.add(logs.append(world, write, from.epoch()));
        }
        if (world.has(Mutant.COMMIT_IS_NOT_AWAITED)) {
            uncommitted.addLast(appends);
            if (uncommitted.size() == 1) {
                commitNext();
            }
            from.feed(new Event.Committed());
        } else {
            commit(appends, _ -> tell(new Event.Committed()));
        }
    }

    /** What the heart takes for committed by now. */
    private void commitNext() {
        if (!uncommitted.isEmpty()) {
            commit(
                    uncommitted.getFirst(),
                    _ -> {
                        uncommitted.removeFirst();
                        commitNext();
                    });
        }
    }

    private void commit(List<Append<?>> appends, LongConsumer committed) {
        Objects.requireNonNull(producer, "fencing comes first")
                .commit(
                        appends,
                        (answer, offset) ->
                                here(
                                                () -> {
                                                    if (answer == Answer.COMMITTED) {
                                                        committed.accept(offset);
                                                    } else {
                                                        failed();
                                                    }
                                                })
                                        .run());
    }

    private void failed() {
        if (owned != null) {
            owned.lost(new NotCommitted());
        } else {
            router.tell(new OwnershipEvent.ClaimFailed(partition(), attempt));
            drop();
        }
    }

    @Override
    public void broken(OwnedPartition from, RuntimeException bug) {
        if (!(bug instanceof NotCommitted)) {
            throw bug;
        }
        lost = true;
        router.tell(new OwnershipEvent.OwnerFailed(partition(), from.epoch()));
    }

    @Override
    public void readNodes(OwnedPartition from) {
        router.onceNodesAreRead(here(() -> tell(new Event.NodesRead())));
    }

    @Override
    public void askMessagesEnd(OwnedPartition from, long acknowledged) {
        askEnd(Topic.MESSAGES, end -> tell(new Event.MessagesEnd(end)));
    }

    @Override
    public void askEventsEnd(OwnedPartition from, EventsEnd asked) {
        askEnd(
                Topic.EVENTS,
                end -> {
                    world.trace.note(() -> this + " <- " + asked + " end " + end);
                    sabotage.eventsEnd(from, asked, end);
                });
    }

    /** For people who look for the cause of a failure. */
    void describe(DeviceId device) {
        OwnedPartition mine = owned;
        if (mine != null) {
            world.trace.note(() -> this + " knows " + mine.device(device));
        }
    }

    @Override
    public String toString() {
        return router.name + "/" + partition() + "@" + (owned == null ? "?" : owned.epoch());
    }
}
