package io.lastmile.api.kafka;

import io.lastmile.api.replay.ReplayOrder;
import io.lastmile.api.replay.ReplayProgress;
import io.lastmile.node.Clock;
import io.lastmile.node.kafka.KafkaSettings;
import io.lastmile.node.kafka.TopicTarget;
import io.lastmile.node.replay.ReplayFailedException;
import io.lastmile.node.replay.Target;
import io.lastmile.wire.DeviceId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The replays of this node: one at a time, and what became of the last ones. Broken off, a replay
 * is completed by one of the same name: what it sent is settled as a duplicate. Any thread.
 */
public final class Replays implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Replays.class);

    /** So many are known; of more the oldest are forgotten. */
    static final int KNOWN_MAX = 20;

    private static final Duration CLOSE_WAIT = Duration.ofSeconds(5);

    private final KafkaSettings kafka;
    private final Supplier<Consumer<byte[], byte[]>> consumers;
    private final Supplier<Target> target;
    private final Clock clock;
    private final SequencedMap<String, RunningReplay> known = new LinkedHashMap<>();
    private @Nullable Thread thread;

    /**
     * A replay and its progress.
     *
     * @param order that began it
     */
    public record Known(ReplayOrder order, ReplayProgress progress) {}

    /** Replays of the topics of these settings. */
    public Replays(KafkaSettings kafka, Supplier<Consumer<byte[], byte[]>> consumers, Clock clock) {
        this(kafka, consumers, () -> new TopicTarget(kafka, kafka.partitions()), clock);
    }

    /** Replays to somewhere else. */
    public Replays(
            KafkaSettings kafka,
            Supplier<Consumer<byte[], byte[]>> consumers,
            Supplier<Target> target,
            Clock clock) {
        this.kafka = kafka;
        this.consumers = consumers;
        this.target = target;
        this.clock = clock;
    }

    /**
     * Begins one.
     *
     * @return the one that is running already, where there is one: then this one was not begun
     * @throws ReplayFailedException where the topics cannot be read
     */
    public synchronized Optional<Known> begin(ReplayOrder order) {
        for (RunningReplay other : known.values()) {
            if (other.isRunning()) {
                return Optional.of(known(other));
            }
        }
        RunningReplay replay =
                new RunningReplay(
                        order,
                        kafka,
                        reader(),
                        order.isDry() ? () -> Target.NOWHERE : target,
                        clock);
        known.remove(order.name());
        known.putLast(order.name(), replay);
        if (known.size() > KNOWN_MAX) {
            known.pollFirstEntry();
        }
        thread =
                Thread.ofPlatform()
                        .name("api-replay")
                        .daemon()
                        .start(() -> {
                            replay.run();
                            log("Replay ended", replay);
                        });
        log("Replay begins", replay);
        return Optional.empty();
    }

    private Consumer<byte[], byte[]> reader() {
        try {
            return consumers.get();
        } catch (KafkaException e) {
            throw new ReplayFailedException("the topics cannot be read right now");
        }
    }

    /** One by its name. */
    public synchronized Optional<Known> find(String name) {
        return Optional.ofNullable(known.get(name)).map(Replays::known);
    }

    /** Those that are known, the newest first. */
    public synchronized List<Known> all() {
        List<Known> all = new ArrayList<>();
        for (Map.Entry<String, RunningReplay> one : known.reversed().entrySet()) {
            all.add(known(one.getValue()));
        }
        return all;
    }

    /**
     * Ends one soon, if it is known and running.
     *
     * @param by the name of the key, for the log
     */
    public synchronized void stop(String name, String by) {
        RunningReplay replay = known.get(name);
        if (replay != null && replay.isRunning()) {
            replay.stop();
            LOG.atInfo()
                    .addKeyValue("replay", name)
                    .addKeyValue("key", by)
                    .log("Replay is to stop");
        }
    }

    private static Known known(RunningReplay replay) {
        return new Known(replay.order(), replay.progress());
    }

    private static void log(String event, RunningReplay replay) {
        ReplayOrder order = replay.order();
        ReplayProgress progress = replay.progress();
        Set<DeviceId> devices = order.selection().devices();
        LOG.atInfo()
                .addKeyValue("replay", order.name())
                .addKeyValue("key", order.by())
                .addKeyValue("dry", order.isDry())
                .addKeyValue("devices", devices == null ? "all" : devices.size())
                .addKeyValue("prefix", order.selection().prefix())
                .addKeyValue("ids", order.selection().ids())
                .addKeyValue("from", Instant.ofEpochMilli(order.selection().fromMs()))
                .addKeyValue("to", Instant.ofEpochMilli(order.selection().toMs()))
                .addKeyValue("outcome", order.selection().outcome())
                .addKeyValue("targets", order.toDevices().size())
                .addKeyValue("target", order.toDevices().stream().findFirst().orElse(null))
                .addKeyValue("state", progress.state().label())
                .addKeyValue("messages", progress.repeated().messages())
                .addKeyValue("reason", progress.failure())
                .log(event);
    }

    /** Stops the one that runs, and waits for it, bounded. */
    @Override
    public void close() {
        Thread last;
        synchronized (this) {
            known.values().forEach(RunningReplay::stop);
            last = thread;
        }
        if (last != null) {
            try {
                last.join(CLOSE_WAIT);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
