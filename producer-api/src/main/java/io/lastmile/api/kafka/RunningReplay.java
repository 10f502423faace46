package io.lastmile.api.kafka;

import io.lastmile.api.replay.ReplayOrder;
import io.lastmile.api.replay.ReplayProgress;
import io.lastmile.node.Clock;
import io.lastmile.node.kafka.KafkaSettings;
import io.lastmile.node.kafka.LogSource;
import io.lastmile.node.replay.Pace;
import io.lastmile.node.replay.Repeats;
import io.lastmile.node.replay.Replay;
import io.lastmile.node.replay.ReplayFailedException;
import io.lastmile.node.replay.Target;
import io.lastmile.node.replay.Totals;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;

/** One replay, on a thread of its own from its beginning to its end. */
final class RunningReplay {
    private static final long PUBLISH_NS = TimeUnit.MILLISECONDS.toNanos(100);

    private final ReplayOrder order;
    private final KafkaSettings kafka;
    private final Consumer<byte[], byte[]> consumer;
    private final Supplier<Target> target;
    private final Clock clock;
    private final long startedAtMs;
    private long publishedNs;
    private volatile @Nullable Replay replay;
    private volatile boolean stopped;
    private volatile ReplayProgress progress;

    /**
     * Not begun yet.
     *
     * @param consumer is closed at the end
     * @param target is opened at the beginning and closed at the end
     */
    RunningReplay(
            ReplayOrder order,
            KafkaSettings kafka,
            Consumer<byte[], byte[]> consumer,
            Supplier<Target> target,
            Clock clock) {
        this.order = order;
        this.kafka = kafka;
        this.consumer = consumer;
        this.target = target;
        this.clock = clock;
        startedAtMs = clock.nowMs();
        progress = ReplayProgress.begun(startedAtMs);
    }

    ReplayOrder order() {
        return order;
    }

    ReplayProgress progress() {
        return progress;
    }

    boolean isRunning() {
        return progress.state() == ReplayProgress.State.RUNNING;
    }

    /** Ends it soon; what was sent stays sent. Any thread. */
    void stop() {
        stopped = true;
        Replay running = replay;
        if (running != null) {
            running.stop();
        }
        consumer.wakeup();
    }

    /** Replays, until all is sent, it fails, or it is stopped. */
    void run() {
        String failure = "";
        try (Target to = target.get()) {
            read(to);
        } catch (WakeupException e) {
            stopped = true; // what was taken last may not be safe: the same name sends it once
        } catch (ReplayFailedException | KafkaException e) {
            failure = String.valueOf(e.getMessage());
        } catch (RuntimeException | Error e) { // whatever it is, the next one must be able to run
            failure = e.toString();
        } finally {
            consumer.close(CloseOptions.timeout(Duration.ZERO));
        }
        publish(
                !failure.isEmpty()
                        ? ReplayProgress.State.FAILED
                        : stopped ? ReplayProgress.State.STOPPED : ReplayProgress.State.DONE,
                failure);
    }

    private void read(Target to) {
        LogSource log = new LogSource(kafka, consumer, kafka.partitions(), order.selection());
        Pace pace = order.isDry() ? null : new Pace(order.perSecond());
        Repeats repeats = new Repeats(order.name(), order.toDevices());
        Replay running = new Replay(repeats, to, pace, log.plan(), clock, this::readOn);
        replay = running;
        if (stopped) {
            running.stop();
        }
        log.read(running);
        running.settle();
    }

    private void readOn(Replay running) {
        long nowNs = clock.nanoTime();
        if (nowNs - publishedNs >= PUBLISH_NS) {
            publishedNs = nowNs;
            publish(ReplayProgress.State.RUNNING, "");
        }
    }

    private void publish(ReplayProgress.State state, String failure) {
        Replay running = replay;
        long endedAtMs = state == ReplayProgress.State.RUNNING ? 0 : clock.nowMs();
        if (running == null) {
            progress =
                    new ReplayProgress(
                            state,
                            startedAtMs,
                            endedAtMs,
                            0,
                            ReplayProgress.Repeated.NONE,
                            0,
                            failure);
            return;
        }
        Totals totals = running.totals();
        progress =
                new ReplayProgress(
                        state,
                        startedAtMs,
                        endedAtMs,
                        running.course().percentRead(),
                        new ReplayProgress.Repeated(
                                totals.messages(),
                                totals.devices(),
                                totals.bytes(),
                                totals.firstAtMs(),
                                totals.lastAtMs()),
                        running.skipped(),
                        failure);
    }
}
