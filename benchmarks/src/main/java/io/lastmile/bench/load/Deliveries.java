package io.lastmile.bench.load;

import java.util.Arrays;
import java.util.concurrent.atomic.LongAdder;

/**
 * What devices were given, where the numbers that each is sent only rise. A device's thread tells
 * of it; anybody asks.
 */
public final class Deliveries {
    private final long[] latestByDevice;
    private final LongAdder distinct = new LongAdder();
    private final LongAdder again = new LongAdder();
    private volatile long latestNs;

    /** Nothing yet. */
    public Deliveries(int devices) {
        latestByDevice = new long[devices];
        Arrays.fill(latestByDevice, -1);
    }

    /** A device was given the message of that number. */
    public void given(int device, long number) {
        if (number > latestByDevice[device] && number % latestByDevice.length == device) {
            latestByDevice[device] = number;
            distinct.increment();
        } else {
            again.increment();
        }
        latestNs = System.nanoTime();
    }

    /** How many different ones. */
    public long distinct() {
        return distinct.sum();
    }

    /** How many came again, out of order or to another device. */
    public long again() {
        return again.sum();
    }

    /** When the latest came, {@link System#nanoTime}. */
    public long latestNs() {
        return latestNs;
    }
}
