package io.lastmile.simulation;

import io.lastmile.router.heart.Command;
import io.lastmile.router.heart.Event;
import io.lastmile.router.heart.PartitionHeart;
import io.lastmile.router.heart.Restored;
import io.lastmile.router.ownership.OwnershipEvent;
import io.lastmile.simulation.PartitionLogs.EdgeEvent;
import io.lastmile.simulation.PartitionLogs.MessageNote;
import io.lastmile.simulation.TransactionCoordinator.Answer;
import io.lastmile.simulation.TransactionCoordinator.Append;
import io.lastmile.simulation.TransactionCoordinator.Producer;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.Incarnation;
import io.lastmile.wire.Message;
import io.lastmile.wire.Partitions;
import io.lastmile.wire.SessionId;
import io.lastmile.wire.hop.HopFrame;
import io.lastmile.wire.record.NodeRecord.Claim;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.function.LongConsumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The shell of one heart: claims a partition, feeds the real heart and does what it commands.
 *
 * <p>Long because it does all that a heart can command.
 */
final class Owner {
    private final SimulatedRouter router;
    private final World world;
    private final PartitionLogs logs;
    private final Sabotage sabotage;
    private final Oracle oracle;
    private final Map<Hop, Exchange> exchanges = new HashMap<>();
    private final long attempt;
    private boolean dropped;
    private long epoch = -1;
    private long takeOversRunOut;
    private @Nullable Producer producer;
    private @Nullable PartitionHeart heart;
    private @Nullable Claiming claiming;
    private Claiming.@Nullable Claimed claimed;
    private boolean handingOver;

    /** The answer to one {@code own}, as far as it has come. */
    private record Exchange(long number, List<HopFrame.HeldSession> held) {}

    Owner(SimulatedRouter router, PartitionLogs logs, long attempt) {
        this.attempt = attempt;
        this.router = router;
        this.world = router.world;
        this.logs = logs;
        this.sabotage = new Sabotage(world, logs);
        this.oracle = new Oracle(world, logs.partition);
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
        heart = null;
        router.dropped(this);
    }

    private void failed() {
        boolean owned = heart != null;
        heart = null;
        router.tell(
                owned
                        ? new OwnershipEvent.OwnerFailed(partition(), epoch)
                        : new OwnershipEvent.ClaimFailed(partition(), attempt));
        if (!owned) {
            drop();
        }
    }

    /** Retention took what was not read: what is left is found by claiming again. */
    private void gap() {
        world.figures.count("log_gap_read");
        failed();
    }

    /** What stands in its router's heartbeats. */
    Stream<Claim> claimed() {
        return heart == null ? Stream.empty() : Stream.of(new Claim(partition(), epoch));
    }

    // Claiming.

    boolean isOf(long claimAttempt) {
        return attempt == claimAttempt;
    }

    void claim() {
        world.trace.note(() -> this + " claims");
        claiming =
                new Claiming(
                        router,
                        logs,
                        this::here,
                        () -> router.tell(new OwnershipEvent.ClaimPrepared(partition(), attempt)),
                        this::claimed,
                        this::failed);
        claiming.begin();
    }

    void fence() {
        world.figures.count("claims");
        Objects.requireNonNull(claiming, "a claim comes first").fence();
    }

    private void claimed(Claiming.Claimed done) {
        claimed = done;
        epoch = done.epoch();
        router.tell(new OwnershipEvent.ClaimRestored(partition(), attempt, epoch));
    }

    void begin() {
        Claiming.Claimed done = Objects.requireNonNull(claimed, "a claim comes first");
        producer = done.producer();
        Restored restored = done.restored();
        oracle.begins(epoch);
        world.trace.note(() -> this + " begins at " + restored.positions());
        heart =
                new PartitionHeart(
                        partition(),
                        world.heartSettings(),
                        restored,
                        router.nowMs(),
                        world.agenda.nowMs(),
                        this::command);
        for (Incarnation lost : new TreeSet<>(restored.lostEdges())) {
            edgeGone(lost);
        }
        router.hops().forEach(this::own);
        new Tail<>(
                        router,
                        logs.messages,
                        restored.positions().watermark(),
                        this::isInForce,
                        () -> heart != null && heart.wantsMessages(),
                        this::messagesRead,
                        this::gap)
                .poll();
        new Tail<>(
                        router,
                        logs.events,
                        restored.positions().eventsPosition(),
                        this::isInForce,
                        () -> heart != null && heart.wantsEvents() && !router.readsEventsLate(),
                        this::eventsRead,
                        this::gap)
                .poll();
        tick();
    }

    /** For people who look for the cause of a failure. */
    void describe(DeviceId device) {
        PartitionHeart running = heart;
        if (running != null) {
            world.trace.note(() -> this + " knows " + running.device(device));
        }
    }

    // Events.

    void tell(Event event) {
        PartitionHeart running = heart;
        if (running != null && isInForce()) {
            if (!(event instanceof Event.Tick)) {
                world.trace.note(() -> this + " <- " + event);
            }
            running.timeIs(router.nowMs(), world.agenda.nowMs());
            running.on(event);
        }
    }

    private void tick() {
        tell(new Event.Tick());
        PartitionHeart running = heart;
        if (running == null) {
            return;
        }
        long ranOut = running.figures().takeOversRunOut();
        if (!world.has(Mutant.TAKE_OVER_IS_NOT_AWAITED)) {
            world.books.takeOversRanOut(ranOut - takeOversRunOut);
        }
        takeOversRunOut = ranOut;
        if (handingOver && running.isSettledDown()) {
            router.tell(new OwnershipEvent.HandedOver(partition(), epoch));
        } else {
            world.agenda.after(world.chance.between(10, 100), here(this::tick));
        }
    }

    private void messagesRead(SimulatedLog.Batch<MessageNote> batch) {
        for (SimulatedLog.Read<MessageNote> read : batch.records()) {
            Event event = event(read);
            sabotage.read(event).ifPresent(this::tell);
            oracle.told(event, heart);
        }
        tell(new Event.MessagesReadTo(batch.nextOffset()));
    }

    private Event event(SimulatedLog.Read<MessageNote> read) {
        long offset = read.offset();
        long atMs = read.appendedAtMs();
        return switch (read.value()) {
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
            EdgeEvent event = read.value();
            if (heart != null && sabotage.isPassedOver(event.event(), heart)) {
                continue;
            }
            tell(
                    sabotage.read(
                            new Event.EdgeEventRead(read.offset(), event.device(), event.event())));
        }
        tell(new Event.EventsReadTo(batch.nextOffset()));
    }

    void edgeGone(Incarnation edge) {
        if (world.has(Mutant.GONE_IS_NOT_HEARD)) {
            return;
        }
        LongConsumer gone =
                end ->
                        tell(
                                new Event.EdgeGone(
                                        edge, world.has(Mutant.LAST_WORDS_ARE_IGNORED) ? 0 : end));
        world.kafka.askEnd(logs.events, router, end -> here(() -> gone.accept(end)).run());
    }

    void own(Hop hop) {
        if (heart != null) {
            Exchange exchange = new Exchange(hop.nextExchange(), new ArrayList<>());
            exchanges.put(hop, exchange);
            hop.toEdge(new HopFrame.Own(partition(), epoch, exchange.number));
            if (world.has(Mutant.ANSWER_IS_NOT_AWAITED)) {
                tell(new Event.EdgeAnswered(hop.incarnation(), List.of(), 0, 0));
            }
        }
    }

    void answered(Hop hop, HopFrame.Sessions answer) {
        Exchange exchange = exchanges.get(hop);
        if (exchange == null
                || answer.refused()
                || answer.epoch() != epoch
                || exchange.number != answer.exchange()) {
            return;
        }
        exchange.held.addAll(answer.sessions());
        if (!answer.last() || world.has(Mutant.ANSWER_IS_NOT_AWAITED)) {
            return;
        }
        LongConsumer told =
                end -> {
                    if (isStill(hop) || world.has(Mutant.STALE_ANSWER_COUNTS)) {
                        tell(
                                new Event.EdgeAnswered(
                                        hop.incarnation(),
                                        exchange.held,
                                        answer.highestIssued(),
                                        end));
                    }
                };
        world.kafka.askEnd(logs.events, router, end -> here(() -> told.accept(end)).run());
    }

    /** Whether this is the hop to its edge, and not one that broke meanwhile. */
    private boolean isStill(Hop hop) {
        return hop.isOpen() && router.hop(hop.incarnation()) == hop;
    }

    void notHere(Hop hop, HopFrame.NotHere frame) {
        if (frame.epoch() == epoch) {
            tell(
                    new Event.SessionNotHere(
                            new SessionId(hop.incarnation(), frame.session()), frame.offset()));
        }
    }

    void handOver() {
        handingOver = true;
        tell(new Event.HandOver());
    }

    // Commands.

    private void command(Command command) {
        switch (command) {
            case Command.Send send -> {
                oracle.sends(send, heart);
                world.trace.note(() -> this + " sends " + send.offset() + " to " + send.session());
                toEdge(
                        send.session(),
                        new HopFrame.Deliver(
                                partition(),
                                epoch,
                                send.session().number(),
                                send.offset(),
                                send.id(),
                                send.expiresInMs(),
                                send.message()));
            }
            case Command.CloseSession(var session, var reason) -> {
                world.trace.note(() -> this + " closes " + session + ": " + reason);
                toEdge(
                        session,
                        new HopFrame.CloseSession(partition(), epoch, session.number(), reason));
            }
            case Command.Announce(var session) ->
                    toEdge(session, new HopFrame.Announce(partition(), epoch, session.number()));
            case Command.LoadBody(var device, var offset) -> load(device, offset);
            case Command.AskMessagesEnd _ ->
                    world.kafka.askEnd(
                            logs.messages,
                            router,
                            end -> here(() -> tell(new Event.MessagesEnd(end))).run());
            case Command.ReadNodes _ ->
                    router.onceNodesAreRead(here(() -> tell(new Event.NodesRead())));
            case Command.Commit commit -> commit(commit);
        }
    }

    private void toEdge(SessionId session, HopFrame.FromRouter frame) {
        Hop hop = router.hop(session.edge());
        if (hop != null) {
            hop.toEdge(frame);
        }
    }

    private void load(DeviceId device, long offset) {
        world.trace.note(() -> this + " loads " + offset);
        world.kafka.eventually(
                1,
                30,
                here(() -> {
                    tell(new Event.BodyLoaded(device, offset, body(offset)));
                }));
    }

    private @Nullable Message body(long offset) {
        List<SimulatedLog.Read<MessageNote>> read = logs.messages.read(offset, 1).records();
        boolean there = !read.isEmpty() && read.getFirst().offset() == offset;
        return there && read.getFirst().value() instanceof MessageNote.Intact(var message)
                ? message
                : null;
    }

    private void commit(Command.Commit commit) {
        Producer mine = Objects.requireNonNull(producer, "a commit before the claim");
        List<Append<?>> appends = new ArrayList<>();
        sabotage.writes(commit.writes())
                .forEach(write -> appends.add(Writes.append(world, logs, write)));
        mine.commit(
                appends,
                (answer, offset) ->
                        here(
                                        () -> {
                                            if (answer == Answer.COMMITTED) {
                                                tell(new Event.Committed());
                                            } else {
                                                failed();
                                            }
                                        })
                                .run());
    }

    @Override
    public String toString() {
        return router.name + "/" + partition() + "@" + epoch;
    }
}
