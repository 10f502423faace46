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

    Outage(int devices) {
        this.devices = devices;
    }

    /** It begins now. */
    synchronized void begin() {
        reached.clear();
        sinceNs = System.nanoTime();
    }

    /**
     * A device got a message.
     *
     * @param dueNs when it was to be sent
     * @param atNs when it came
     */
    synchronized void arrived(DeviceId device, long dueNs, long atNs) {
        if (dueNs - sinceNs > 0 && reached.add(device)) {
            lastReachedNs = atNs;
        }
    }

    /** Whether every device has been reached again. */
    synchronized boolean isOver() {
        return reached.size() == devices;
    }

    /** How long it lasted, once it is over. */
    synchronized double ms() {
        if (!isOver()) {
            throw new IllegalStateException("it lasts");
        }
        return (lastReachedNs - sinceNs) / 1e6;
    }
}
