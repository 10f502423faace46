package io.lastmile.bench.recovery;

import io.lastmile.wire.DeviceId;
import java.util.HashSet;
import java.util.Set;

/**
 * How long an outage lasts: from a moment until every device has got a message that was due later.
 * Any thread tells arrivals.
 */
final class Outage {
    private final int devices;
    private final Set<DeviceId> reached = new HashSet<>();
    private long sinceNs = System.nanoTime();
    private long lastReachedNs;
    private long longestWaitNs;

    Outage(int devices) {
        this.devices = devices;
    }

    /** It begins now. */
    synchronized void begin() {
        reached.clear();
        longestWaitNs = 0;
        sinceNs = System.nanoTime();
    }

    /**
     * A device got a message.
     *
     * @param dueNs when it was to be sent
     * @param atNs when it came
     */
    synchronized void arrived(DeviceId device, long dueNs, long atNs) {
        if (dueNs - sinceNs > 0) {
            longestWaitNs = Math.max(longestWaitNs, atNs - dueNs);
            if (reached.add(device)) {
                lastReachedNs = atNs;
            }
        }
    }

    /** Whether every device has been reached again. */
    synchronized boolean isOver() {
        return reached.size() == devices;
    }

    /** It goes on: every device is to be reached once more, by what is due from now on. */
    synchronized void goOn() {
        reached.clear();
        sinceNs = System.nanoTime();
    }

    /** The longest that a message which was due since it began was on its way. */
    synchronized double longestWaitMs() {
        return longestWaitNs / 1e6;
    }

    /** How long it lasted, once it is over. */
    synchronized double ms() {
        if (!isOver()) {
            throw new IllegalStateException("it lasts");
        }
        return (lastReachedNs - sinceNs) / 1e6;
    }
}
