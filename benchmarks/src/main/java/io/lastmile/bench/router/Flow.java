package io.lastmile.bench.router;

import io.lastmile.bench.load.Pace;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.Payload;
import java.util.List;
import java.util.function.LongFunction;

/** Messages at a steady rate to a few devices in turn, on a thread of its own, until closed. */
final class Flow implements AutoCloseable {
    private final Thread thread;
    private volatile boolean ending;
    private volatile long sent;

    /**
     * Begins.
     *
     * @param payloads made when they are due, from that time, {@link System#nanoTime}
     */
    Flow(
            MessageProducer producer,
            List<DeviceId> devices,
            double perSecond,
            LongFunction<Payload> payloads) {
        Pace pace = new Pace(System.nanoTime(), perSecond);
        thread =
                Thread.ofPlatform()
                        .name("flow")
                        .daemon()
                        .start(() -> {
                            for (long i = 0; !ending; i++) {
                                long dueNs = pace.awaitDue(i);
                                DeviceId device = devices.get((int) (i % devices.size()));
                                producer.send(device, payloads.apply(dueNs));
                                sent = i + 1;
                            }
                        });
    }

    /** How many were sent. */
    long sent() {
        return sent;
    }

    /** Ends it; returns when the last is handed over. */
    @Override
    public void close() {
        ending = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
