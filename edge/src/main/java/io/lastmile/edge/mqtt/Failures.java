package io.lastmile.edge.mqtt;

import java.net.InetAddress;
import java.util.HashMap;
import java.util.Map;

/**
 * How often devices of an address were not who they said, within a minute. A bounded number of
 * addresses is remembered: with more than that, some go on guessing. Any thread.
 */
final class Failures {
    private static final long WINDOW_NS = 60_000_000_000L;
    private static final int ADDRESSES_MAX = 10_000;

    private final int failuresMax;
    private final Map<InetAddress, Integer> countByOrigin = new HashMap<>();
    private long beganNs;

    Failures(int failuresMax, long nowNs) {
        this.failuresMax = failuresMax;
        this.beganNs = nowNs;
    }

    synchronized void failed(InetAddress origin, long nowNs) {
        forget(nowNs);
        if (countByOrigin.size() < ADDRESSES_MAX || countByOrigin.containsKey(origin)) {
            countByOrigin.merge(origin, 1, Integer::sum);
        }
    }

    /** Whether nobody from there is looked at for the rest of the minute. */
    synchronized boolean isShutOut(InetAddress origin, long nowNs) {
        forget(nowNs);
        return countByOrigin.getOrDefault(origin, 0) >= failuresMax;
    }

    private void forget(long nowNs) {
        if (nowNs - beganNs > WINDOW_NS) {
            beganNs = nowNs;
            countByOrigin.clear();
        }
    }
}
