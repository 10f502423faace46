package io.lastmile.edge;

import io.lastmile.edge.hop.HopServer;
import io.lastmile.edge.mqtt.Devices;
import io.lastmile.edge.session.CutOff;
import io.lastmile.node.Clock;
import io.lastmile.node.Task;
import io.lastmile.node.Tasks;
import io.lastmile.node.kafka.NodesListener;
import io.lastmile.wire.Incarnation;
import io.lastmile.wire.record.NodeRecord;
import io.lastmile.wire.record.NodeRecord.Claim;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Watches whether the edge is cut off, by what stands in nodes and once a second, and acts. */
final class CutOffWatch implements NodesListener, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CutOffWatch.class);
    private static final Duration OWNER_WAIT = Duration.ofSeconds(30);
    private static final Duration KAFKA_WAIT = Duration.ofSeconds(30);
    private static final Duration NOBODY_WAIT = Duration.ofMinutes(5);
    private static final Duration LOOK = Duration.ofSeconds(1);
    private static final Duration LOOK_SILENCE_MAX = Duration.ofSeconds(15);
    private static final Duration SPREAD = Duration.ofSeconds(10);

    private final CutOff cutOff;
    private final Devices devices;
    private final HopServer hop;
    private final BooleanSupplier kafkaReachable;
    private final BooleanSupplier forgotten;
    private final Runnable renew;
    private final Clock clock;
    private final ScheduledExecutorService thread;
    private final Task task;
    private boolean renewed;

    /**
     * Begins to watch.
     *
     * @param forgotten whether it was away for so long that nodes may soon not know it any more
     * @param renew has it go on as another incarnation
     */
    CutOffWatch(
            int partitions,
            Devices devices,
            HopServer hop,
            BooleanSupplier kafkaReachable,
            BooleanSupplier forgotten,
            Runnable renew,
            Clock clock,
            Tasks tasks) {
        this.devices = devices;
        this.hop = hop;
        this.kafkaReachable = kafkaReachable;
        this.forgotten = forgotten;
        this.renew = renew;
        this.clock = clock;
        cutOff =
                new CutOff(
                        partitions,
                        OWNER_WAIT.toNanos(),
                        KAFKA_WAIT.toNanos(),
                        NOBODY_WAIT.toNanos());
        thread =
                Executors.newSingleThreadScheduledExecutor(
                        Thread.ofPlatform().name("lastmile-cut-off").daemon().factory());
        task = tasks.vital("edge-cut-off", LOOK_SILENCE_MAX);
        var _ = task.every(thread, LOOK, this::look);
    }

    private void look() {
        boolean isolated =
                cutOff.isolated(
                        kafkaReachable.getAsBoolean(),
                        hop.routersReachKafka(),
                        hop.routers() > 0,
                        clock.nanoTime());
        if (isolated && devices.size() > 0) {
            LOG.atWarn()
                    .addKeyValue("devices", devices.size())
                    .log("Cut off from Kafka: all connections are closed");
            devices.cutOff();
        }
        boolean isForgotten = forgotten.getAsBoolean();
        if (isForgotten && !renewed) {
            renew.run();
        }
        renewed = isForgotten;
    }

    @Override
    public void heartbeat(Incarnation node, NodeRecord.Heartbeat beat, long appendedAtMs) {
        for (Claim claim : beat.claims()) {
            if (claim.partition() >= devices.life().ownership().partitions()) {
                continue; // not of this cluster's topics
            }
            long known = devices.life().ownership().epoch(claim.partition());
            if (cutOff.claimed(claim.partition(), claim.epoch(), known, clock.nanoTime())) {
                LOG.atWarn()
                        .addKeyValue("router", node)
                        .addKeyValue("partition", claim.partition())
                        .addKeyValue("epoch", claim.epoch())
                        .log("Its owner does not come here: the partition's sessions are closed");
                devices.cutOff(claim.partition(), SPREAD);
            }
        }
    }

    @Override
    public void gone(Incarnation node, NodeRecord.Gone gone) {}

    @Override
    public void close() {
        task.close();
        thread.shutdownNow();
    }
}
