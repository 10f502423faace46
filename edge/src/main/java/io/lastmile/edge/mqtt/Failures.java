package io.lastmile.edge.mqtt;

import io.lastmile.wire.DeviceId;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * How often somebody of an address was not the device that he said, within a minute; counted for
 * each pair of both, so that nobody is shut out for what others behind his address do. Any thread.
 *
 * <p>Whoever guesses can say any number of device ids, so the pairs are not remembered but counted
 * in two rows of a fixed size, each in one place of either: the lower one counts. Where all places
 * fill up, honest ones are shut out early; at the 10,000 CONNECTs a second that an edge takes by
 * default, a minute of nothing but failures makes 9 in each. The places depend on secret numbers:
 * nobody can choose an id that shares a place with another's.
 */
final class Failures {
    private static final long WINDOW_NS = 60_000_000_000L;
    private static final int PLACES = 1 << 16; // of either row

    private final int failuresMax;
    private final long seed;
    private final long factor;
    private char[] counts = new char[0]; // both rows; made for the first failure
    private boolean isClear = true;
    private long beganNs;

    Failures(int failuresMax, RandomGenerator random, long nowNs) {
        this.failuresMax = failuresMax;
        this.seed = random.nextLong();
        this.factor = random.nextLong() | 1;
        this.beganNs = nowNs;
    }

    synchronized void failed(InetAddress origin, DeviceId device, long nowNs) {
        forget(nowNs);
        if (counts.length == 0) {
            counts = new char[2 * PLACES];
        }
        isClear = false;
        long hash = hash(origin, device);
        add(first(hash));
        add(second(hash));
    }

    private void add(int place) {
        if (counts[place] < Character.MAX_VALUE) {
            counts[place]++;
        }
    }

    /** Whether that device is not looked at from there for the rest of the minute. */
    synchronized boolean isShutOut(InetAddress origin, DeviceId device, long nowNs) {
        forget(nowNs);
        if (isClear) {
            return false;
        }
        long hash = hash(origin, device);
        return Math.min(counts[first(hash)], counts[second(hash)]) >= failuresMax;
    }

    private void forget(long nowNs) {
        if (nowNs - beganNs > WINDOW_NS) {
            beganNs = nowNs;
            Arrays.fill(counts, (char) 0);
            isClear = true;
        }
    }

    private static int first(long hash) {
        return (int) (hash >>> 48);
    }

    private static int second(long hash) {
        return PLACES + (int) (hash >>> 32 & (PLACES - 1));
    }

    /** Of which the upper half counts: every bit of what is hashed is in it. */
    private long hash(InetAddress origin, DeviceId device) {
        long hash = seed;
        for (byte part : origin.getAddress()) {
            hash = step(hash, part);
        }
        String id = device.value();
        for (int i = 0; i < id.length(); i++) {
            hash = step(hash, id.charAt(i));
        }
        return step(hash, id.length());
    }

    private long step(long hash, int part) {
        long next = (hash ^ part) * factor;
        return next ^ next >>> 29;
    }
}
