package io.lastmile.router.kafka;

import io.lastmile.node.Metric;
import io.lastmile.node.Task;
import io.lastmile.node.kafka.Heartbeat;
import io.lastmile.node.kafka.Incarnations;
import io.lastmile.node.kafka.NodesListener;
import io.lastmile.node.kafka.NodesView;
import io.lastmile.router.ownership.OwnershipCommand;
import io.lastmile.router.ownership.OwnershipCommand.CancelClaim;
import io.lastmile.router.ownership.OwnershipCommand.DeclareGone;
import io.lastmile.router.ownership.OwnershipCommand.Drop;
import io.lastmile.router.ownership.OwnershipCommand.Fence;
import io.lastmile.router.ownership.OwnershipCommand.HandOver;
import io.lastmile.router.ownership.OwnershipCommand.ReadNodes;
import io.lastmile.router.ownership.OwnershipCommand.Serve;
import io.lastmile.router.ownership.OwnershipCommand.StartClaim;
import io.lastmile.router.ownership.OwnershipCommand.TakeNextIncarnation;
import io.lastmile.router.ownership.OwnershipEvent;
import io.lastmile.router.ownership.OwnershipEvent.Closing;
import io.lastmile.router.ownership.OwnershipEvent.IncarnationTaken;
import io.lastmile.router.ownership.OwnershipEvent.NodesRead;
import io.lastmile.router.ownership.OwnershipEvent.RouterBeat;
import io.lastmile.router.ownership.OwnershipEvent.RouterForgotten;
import io.lastmile.router.ownership.OwnershipEvent.RouterGone;
import io.lastmile.router.ownership.OwnershipEvent.Tick;
import io.lastmile.router.ownership.OwnershipHeart;
import io.lastmile.wire.Incarnation;
import io.lastmile.wire.NodeRole;
import io.lastmile.wire.record.NodeRecord;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The shell of the {@link OwnershipHeart}: tells it what stands in nodes and what becomes of
 * claims, on one thread, and carries out what it commands. Any thread may call; nothing in it waits
 * but {@link #close}, which is bounded.
 */
public final class Ownership implements NodesListener, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Ownership.class);
    private static final Duration TICK = Duration.ofMillis(100);
    private static final Duration CLOSE_WAIT = Duration.ofSeconds(11);
    private static final Duration SILENCE_MAX = Duration.ofSeconds(15);

    private record Figures(int claiming, boolean settled, Set<Integer> unable) {}

    private final OwnershipHeart heart;
    private final AtomicReference<Incarnation> self;
    private final Heartbeat heartbeat;
    private final Claims claims;
    private final Serving serving;
    private final NodesView nodes;
    private final NodesWriter writer;
    private final RouterRuntime runtime;
    private final Task deciding;
    private final CountDownLatch idle = new CountDownLatch(1);
    private final ScheduledExecutorService thread =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().name("router-ownership").factory());
    private volatile Figures figures = new Figures(0, false, Set.of());
    private volatile boolean closing;

    /**
     * Owns nothing yet; follows nodes once added to the view.
     *
     * @param self this router's incarnation, which changes when it was declared gone
     */
    public Ownership(
            OwnershipHeart heart,
            AtomicReference<Incarnation> self,
            Heartbeat heartbeat,
            Claims claims,
            Serving serving,
            NodesView nodes,
            NodesWriter writer,
            RouterRuntime runtime) {
        this.heart = heart;
        this.self = self;
        this.heartbeat = heartbeat;
        this.claims = claims;
        this.serving = serving;
        this.nodes = nodes;
        this.writer = writer;
        this.runtime = runtime;
        claims.tell(this::tell);
        serving.tell(this::tell);
        runtime.metrics().gauge(Metric.ROUTER_CLAIMING, () -> figures.claiming);
        deciding = runtime.metrics().tasks().vital("ownership", SILENCE_MAX);
        var _ = deciding.every(thread, TICK, () -> decide(new Tick(nowMs())));
    }

    private long nowMs() {
        return runtime.clock().nanoTime() / 1_000_000;
    }

    private void tell(OwnershipEvent event) {
        try {
            thread.execute(() -> deciding.run(() -> decide(event)));
        } catch (RejectedExecutionException e) {
            return; // it is over: what is left is dropped
        }
    }

    private void decide(OwnershipEvent event) {
        heart.on(event).forEach(this::carryOut);
        figures = new Figures(heart.claiming(), heart.isSettled(), heart.unable());
        if (closing && heart.isIdle()) {
            idle.countDown();
        }
    }

    private void carryOut(OwnershipCommand command) {
        switch (command) {
            case StartClaim(var partition, var attempt) -> claims.start(partition, attempt);
            case CancelClaim(_, var attempt) -> claims.cancel(attempt);
            case ReadNodes(var partition, var attempt) ->
                    nodes.readToEnd()
                            .thenRun(() ->
                                    tell(new NodesRead(partition, attempt, heartbeat.isFresh())));
            case Fence(_, var attempt) -> claims.fence(attempt);
            case Serve(var partition, var epoch) -> serving.begin(partition, epoch);
            case Drop(var partition, var epoch) -> serving.drop(partition, epoch);
            case HandOver(var partition, var epoch) -> serving.handOver(partition, epoch);
            case DeclareGone(var router) -> {
                log.atWarn().addKeyValue("router", router).log("router silent, declaring it gone");
                writer.gone(NodeRole.ROUTER, router);
            }
            case TakeNextIncarnation _ -> takeNextIncarnation();
        }
    }

    private void takeNextIncarnation() {
        Incarnation before = self.get();
        Incarnation next = Incarnations.after(before, runtime.clock(), new SecureRandom());
        log.atWarn()
                .addKeyValue("incarnation", before)
                .addKeyValue("next", next)
                .log("declared gone, going on under the next incarnation");
        heartbeat.become(
                next,
                () -> {
                    self.set(next);
                    tell(new IncarnationTaken(next));
                });
    }

    @Override
    public void heartbeat(Incarnation incarnation, NodeRecord.Heartbeat beat, long appendedAtMs) {
        if (beat.role() == NodeRole.ROUTER) {
            tell(new RouterBeat(incarnation, beat, appendedAtMs));
        }
    }

    @Override
    public void gone(Incarnation incarnation, NodeRecord.Gone gone) {
        if (gone.role() == NodeRole.ROUTER) {
            tell(new RouterGone(incarnation));
        }
    }

    @Override
    public void forgotten(Incarnation incarnation) {
        tell(new RouterForgotten(incarnation));
    }

    /** Whether nodes counts it as living, and it serves all that it is given. */
    public boolean isSettled() {
        return figures.settled;
    }

    /** The partitions that it cannot claim. */
    public Set<Integer> unable() {
        return figures.unable;
    }

    /** Waits, bounded, until what it serves has found an owner or is handed over. */
    @Override
    public void close() {
        closing = true;
        tell(new Closing());
        try {
            if (!idle.await(CLOSE_WAIT.toMillis(), TimeUnit.MILLISECONDS)) {
                log.atWarn().log("partitions are left without a last checkpoint");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        deciding.close();
        thread.shutdownNow();
        serving.dropAll();
    }
}
