package io.lastmile.edge.session;

import io.lastmile.wire.hop.HopFrame.Deliver;
import java.util.ArrayList;
import java.util.List;

/** The messages of one session that wait for the device's next own packet, in order. One thread. */
final class Held {
    private final List<Deliver> frames = new ArrayList<>(2);
    private final List<Long> heldAtMs = new ArrayList<>(2);
    private long dueAtMs = Long.MAX_VALUE;

    boolean isEmpty() {
        return frames.isEmpty();
    }

    void add(Deliver frame, long nowMs, long boundMs) {
        frames.add(frame);
        heldAtMs.add(nowMs);
        dueAtMs = Math.min(dueAtMs, nowMs + boundMs);
    }

    /** Whether the first of them can wait no longer. */
    boolean isDue(long nowMs) {
        return nowMs >= dueAtMs;
    }

    /** All of them, with what is left of their time to live; none stays. */
    List<Deliver> take(long nowMs) {
        List<Deliver> taken = new ArrayList<>(frames.size());
        for (int i = 0; i < frames.size(); i++) {
            Deliver frame = frames.get(i);
            taken.add(frame.expiringIn(frame.expiresInMs() - (nowMs - heldAtMs.get(i))));
        }
        frames.clear();
        heldAtMs.clear();
        dueAtMs = Long.MAX_VALUE;
        return taken;
    }
}
