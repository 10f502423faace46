package io.lastmile.cli.demo;

import io.lastmile.bench.load.Answer;
import io.lastmile.bench.load.Fleet;
import io.lastmile.bench.load.HttpProducer;
import io.lastmile.bench.load.Pace;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.Payload;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Devices that stay connected, and a producer that sends to one after the other at a fixed rate.
 * One device in every {@value #ABSENT_EVERY} does not exist, so that something waits in an inbox.
 */
final class Demo implements AutoCloseable {
    private static final int ABSENT_EVERY = 10;
    private static final int CONNECTIONS = 4;
    private static final long LINE_NS = 10_000_000_000L;
    private static final Duration ENDED_WITHIN = Duration.ofSeconds(10);
    private static final long LOOK_NS = 5_000_000L;

    private final List<DeviceId> addressees;
    private final int present;
    private final Fleet fleet;
    private final HttpProducer producer;
    private final LongAdder sent = new LongAdder();
    private final LongAdder received = new LongAdder();
    private final LongAdder accepted = new LongAdder();
    private final LongAdder acceptedForPresent = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private volatile @Nullable String lastRefusal;

    Demo(int devices, InetSocketAddress api, InetSocketAddress mqtt) {
        addressees =
                IntStream.rangeClosed(1, devices).mapToObj(i -> new DeviceId("demo-" + i)).toList();
        List<DeviceId> here =
                IntStream.range(0, devices)
                        .filter(i -> !isAbsent(i))
                        .mapToObj(addressees::get)
                        .toList();
        present = here.size();
        fleet = new Fleet(here, List.of(mqtt), arrival -> received.increment());
        producer = new HttpProducer(api, CONNECTIONS);
    }

    private static boolean isAbsent(int index) {
        return index % ABSENT_EVERY == ABSENT_EVERY - 1;
    }

    /**
     * Sends, until the thread is interrupted, all are sent, or ten seconds have shown that nothing
     * is accepted.
     *
     * @param messages how many, then it returns
     */
    void send(double perSecond, long messages, PrintWriter out) {
        Pace pace = new Pace(System.nanoTime(), perSecond);
        long lineNs = pace.startNs() + LINE_NS;
        for (long i = 0; i < messages && !Thread.currentThread().isInterrupted(); i++) {
            long nowNs = pace.awaitDue(i);
            if (nowNs >= lineNs) {
                lineNs = nowNs + LINE_NS;
                out.println(this);
                out.flush();
                if (hasSentNothing()) {
                    return;
                }
            }
            int index = (int) (i % addressees.size());
            sent.increment();
            var _ =
                    producer.post(
                                    addressees.get(index),
                                    Payload.ofText("{\"message\":" + i + "}"),
                                    "application/json")
                            .whenComplete((answer, e) -> answered(index, answer, e));
        }
    }

    private void answered(int index, @Nullable Answer answer, @Nullable Throwable failure) {
        if (answer != null && answer.accepted()) {
            if (!isAbsent(index)) {
                acceptedForPresent.increment();
            }
            accepted.increment();
            return;
        }
        lastRefusal = answer == null ? "no answer: " + failure : "answer " + answer.status();
        refused.increment();
    }

    /** Waits a moment for what is under way: answers, and messages to devices that are there. */
    void awaitEnd() {
        holds(
                ENDED_WITHIN,
                () ->
                        accepted.sum() + refused.sum() >= sent.sum()
                                && received.sum() >= acceptedForPresent.sum());
    }

    private static void holds(Duration atMost, BooleanSupplier condition) {
        long endNs = System.nanoTime() + atMost.toNanos();
        while (!condition.getAsBoolean()
                && System.nanoTime() - endNs < 0
                && !Thread.currentThread().isInterrupted()) {
            LockSupport.parkNanos(LOOK_NS);
        }
    }

    /** Whether no message was accepted so far. */
    boolean hasSentNothing() {
        return accepted.sum() == 0;
    }

    /** Why a message was refused last, in words; empty where none was. */
    String lastRefusal() {
        String last = lastRefusal;
        return last == null ? "" : last;
    }

    @Override
    public String toString() {
        String why = lastRefusal();
        return "%d of %d devices subscribed; messages: %d sent, %d accepted, %d received, %d refused%s"
                .formatted(
                        fleet.subscribed(),
                        present,
                        sent.sum(),
                        accepted.sum(),
                        received.sum(),
                        refused.sum(),
                        why.isEmpty() ? "" : " (" + why + ")");
    }

    @Override
    public void close() {
        fleet.close();
        producer.close();
    }
}
