package io.lastmile.edge.mqtt;

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
    private final Map<String, Integer> countByAddress = new HashMap<>();
    private long beganNs;

    Failures(int failuresMax, long nowNs) {
        this.failuresMax = failuresMax;
        this.beganNs = nowNs;
    }

    synchronized void failed(String address, long nowNs) {
        forget(nowNs);
        if (countByAddress.size() < ADDRESSES_MAX || countByAddress.containsKey(address)) {
            countByAddress.merge(address, 1, Integer::sum);
        }
    }

    /** Whether nobody from there is looked at for the rest of the minute. */
    synchronized boolean isShutOut(String address, long nowNs) {
        forget(nowNs);
        return countByAddress.getOrDefault(address, 0) >= failuresMax;
    }

    private void forget(long nowNs) {
        if (nowNs - beganNs > WINDOW_NS) {
            beganNs = nowNs;
            countByAddress.clear();
        }
    }
}
