package io.lastmile.edge.socket;

import io.lastmile.node.Metric;
import io.lastmile.node.Metrics;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The connections that were accepted and whose CONNECT was not answered: TLS handshakes, WebSocket
 * upgrades, and those that say nothing. They cost without being known, so there are so many of them
 * and no more. Any thread.
 */
final class Arrivals {
    /** Until somebody has arrived or run into the deadline. */
    private static final int FULL_PAUSE_MS = 20;

    private final ArrivalLimits limits;
    private final Rate rate;
    private final LongSupplier nanoTime;
    private final Metrics.Counter tooFast;
    private final Metrics.Counter full;
    private final Metrics.Counter turnedAway;
    private final Map<InetAddress, Integer> countByOrigin = new HashMap<>();
    private int count;

    Arrivals(ArrivalLimits limits, LongSupplier nanoTime, Metrics metrics) {
        this.limits = limits;
        this.rate = new Rate(limits.acceptsPerSecond());
        this.nanoTime = nanoTime;
        tooFast = metrics.counter(Metric.EDGE_ACCEPT, "rate");
        full = metrics.counter(Metric.EDGE_ACCEPT, "too many arriving");
        turnedAway = metrics.counter(Metric.EDGE_NO_CONNECT, "too many of one address");
        metrics.gauge(Metric.EDGE_ARRIVING, this::count);
    }

    synchronized int count() {
        return count;
    }

    /** Whether one more is to be accepted now: 0, or after how many milliseconds to ask again. */
    synchronized int pauseMs() {
        if (count >= limits.arrivingMax()) {
            full.increment();
            return FULL_PAUSE_MS;
        }
        long nowNs = nanoTime.getAsLong();
        long freeInNs = rate.freeInNs(nowNs);
        if (freeInNs > 0) {
            tooFast.increment();
            return 1 + (int) TimeUnit.NANOSECONDS.toMillis(freeInNs);
        }
        return 0;
    }

    /**
     * One was accepted.
     *
     * @param origin null where it is not known yet
     * @return null where too many from there are on their way: it is to be closed
     */
    @Nullable Arrival begin(@Nullable InetAddress origin) {
        rate.take(nanoTime.getAsLong());
        Arrival arrival = new Arrival(this);
        if (origin != null && !arrival.comesFrom(origin)) {
            return null;
        }
        synchronized (this) {
            count++;
        }
        return arrival;
    }

    synchronized boolean enter(InetAddress origin) {
        int others = countByOrigin.getOrDefault(origin, 0);
        if (others >= limits.arrivingOfOriginMax()) {
            turnedAway.increment();
            return false;
        }
        countByOrigin.put(origin, others + 1);
        return true;
    }

    synchronized void end(@Nullable InetAddress origin) {
        count--;
        if (origin != null) {
            countByOrigin.computeIfPresent(origin, (o, n) -> n > 1 ? n - 1 : null);
        }
    }
}
