package io.lastmile.edge.session;

import io.lastmile.wire.DeviceId;
import java.util.Arrays;

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
public final class Failures {
    private static final long WINDOW_NS = 60_000_000_000L;
    private static final int PLACES = 1 << 16; // of either row

    private final int failuresMax;
    private final long seed;
    private final long factor;
    private char[] counts = new char[0]; // both rows; made for the first failure
    private boolean isClear = true;
    private long beganNs;

    /**
     * None yet.
     *
     * @param seed secret
     * @param factor secret
     */
    public Failures(int failuresMax, long seed, long factor, long nowNs) {
        this.failuresMax = failuresMax;
        this.seed = seed;
        this.factor = factor | 1;
        this.beganNs = nowNs;
    }

    synchronized void failed(long network, DeviceId device, long nowNs) {
        forget(nowNs);
        if (counts.length == 0) {
            counts = new char[2 * PLACES];
        }
        isClear = false;
        long hash = hash(network, device);
        add(first(hash));
        add(second(hash));
    }

    private void add(int place) {
        if (counts[place] < Character.MAX_VALUE) {
            counts[place]++;
        }
    }

    /** Whether that device is not looked at from there for the rest of the minute. */
    synchronized boolean isShutOut(long network, DeviceId device, long nowNs) {
        forget(nowNs);
        if (isClear) {
            return false;
        }
        long hash = hash(network, device);
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
    private long hash(long network, DeviceId device) {
        long hash = step(step(seed, (int) (network >>> 32)), (int) network);
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
