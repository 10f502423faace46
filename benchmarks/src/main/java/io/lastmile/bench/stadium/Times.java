package io.lastmile.bench.stadium;

import java.util.Arrays;

/** How long after a beginning devices were given their messages, exactly. */
final class Times {
    private static final double NS_OF_MS = 1e6;

    private final long beganNs;
    private final long[] sortedNs;

    /**
     * Of one wave.
     *
     * @param givenNs of all devices in any order, 0 where a device was given nothing
     */
    Times(long beganNs, long[] givenNs) {
        this.beganNs = beganNs;
        sortedNs = Arrays.stream(givenNs).filter(ns -> ns != 0).sorted().toArray();
    }

    /** How many were given something. */
    int count() {
        return sortedNs.length;
    }

    /** The least time within which so many of 100 of these were; 0 where there are none. */
    double percentileMs(int percent) {
        if (sortedNs.length == 0) {
            return 0;
        }
        int rank = (int) (((long) sortedNs.length * percent + 99) / 100);
        return (sortedNs[rank - 1] - beganNs) / NS_OF_MS;
    }
}
