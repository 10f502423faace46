package io.lastmile.bench.storm;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Devices that connect, subscribe, stay a little and go, as fast as the server takes them. */
final class StormLoad {
    /** What a round may take longer than it should before it is given up. */
    private static final int GRACE_SECONDS = 60;

    private final StormOptions options;
    private final AtomicInteger named = new AtomicInteger();

    StormLoad(StormOptions options) {
        this.options = options;
    }

    /**
     * What a round came to.
     *
     * @param perSecond connected and subscribed
     * @param subscribed of them, those of the round's end too
     */
    record Round(double perSecond, long subscribed, long refused) {}

    /** Storms a server for so many seconds, and leaves it without a connection. */
    Round run(InetSocketAddress server, int seconds) throws Exception {
        long beganNs = System.nanoTime();
        long untilNs = beganNs + TimeUnit.SECONDS.toNanos(seconds);
        List<Callable<DeviceRing>> parts = new ArrayList<>();
        for (int thread = 0; thread < options.threads(); thread++) {
            DeviceRing ring = new DeviceRing(server, thread, options, named);
            parts.add(() -> ring.until(untilNs));
        }
        long inTime = 0;
        long subscribed = 0;
        long refused = 0;
        ExecutorService threads = Executors.newFixedThreadPool(parts.size());
        try {
            List<Future<DeviceRing>> rings =
                    threads.invokeAll(parts, seconds + GRACE_SECONDS, TimeUnit.SECONDS);
            for (Future<DeviceRing> done : rings) {
                DeviceRing ring = done.get();
                inTime += ring.subscribedInTime();
                subscribed += ring.subscribed();
                refused += ring.refused();
            }
        } finally {
            threads.shutdownNow();
        }
        return new Round((double) inTime / seconds, subscribed, refused);
    }
}
