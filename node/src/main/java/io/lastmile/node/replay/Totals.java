package io.lastmile.node.replay;

import io.lastmile.wire.DeviceId;
import io.lastmile.wire.Message;
import java.util.HashSet;
import java.util.Set;

/** What a replay has done so far, for its summary. One thread. */
public final class Totals {
    /** Beyond so many devices they are not counted one by one any more. */
    private static final int DEVICES_MAX = 1_000_000;

    private final Set<DeviceId> sources = new HashSet<>();
    private long messages;
    private long bytes;
    private long firstAtMs = Long.MAX_VALUE;
    private long lastAtMs = Long.MIN_VALUE;

    void add(DeviceId source, long acceptedAtMs, Message copy) {
        if (sources.size() < DEVICES_MAX) {
            sources.add(source);
        }
        messages++;
        bytes += copy.payload().length();
        firstAtMs = Math.min(firstAtMs, acceptedAtMs);
        lastAtMs = Math.max(lastAtMs, acceptedAtMs);
    }

    /** How many. */
    public long messages() {
        return messages;
    }

    /** Of their payloads. */
    public long bytes() {
        return bytes;
    }

    /** How many devices got what is repeated; the bound stands for itself and more. */
    public int devices() {
        return sources.size();
    }

    /** Whether there are more devices than are counted. */
    public boolean hasMoreDevices() {
        return sources.size() == DEVICES_MAX;
    }

    /** When the first was accepted, since the epoch; meaningless where there is none. */
    public long firstAtMs() {
        return firstAtMs;
    }

    /** When the last was accepted. */
    public long lastAtMs() {
        return lastAtMs;
    }
}
