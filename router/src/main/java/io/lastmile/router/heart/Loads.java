package io.lastmile.router.heart;

import java.util.LinkedHashSet;
import java.util.function.Consumer;

/**
 * The bodies that are on their way back from the log, or back and not yet sent: bounded in bytes,
 * however many devices become reachable at once. At the bound a device waits in line.
 */
final class Loads {
    /** What a body takes besides its own bytes: the record's key, headers and objects. */
    private static final int OVERHEAD_BYTES = 512;

    private final long bytesMax;
    private final LinkedHashSet<Device> line = new LinkedHashSet<>();
    private long bytes;

    Loads(long bytesMax) {
        this.bytesMax = bytesMax;
    }

    /** Takes room for a body; where there is none, its device waits. One body always has room. */
    boolean begin(Entry entry) {
        int weight = entry.facts.bodyBytes() + OVERHEAD_BYTES;
        if (bytes > 0 && bytes + weight > bytesMax) {
            line.add(entry.device);
            entry.device.joinLine();
            return false;
        }
        bytes += weight;
        entry.load(weight);
        return true;
    }

    /** The body is sent, or not needed any more. */
    void end(Entry entry) {
        bytes -= entry.freeRoom();
    }

    /** Hands out those that waited longest, once half of the room is free again. */
    void goOn(Consumer<Device> action) {
        for (int most = line.size(); most > 0 && bytes <= bytesMax / 2; most--) {
            Device next = line.removeFirst();
            next.leaveLine();
            action.accept(next);
        }
    }
}
