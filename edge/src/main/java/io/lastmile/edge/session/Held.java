package io.lastmile.edge.session;

import java.util.ArrayList;
import java.util.List;

/** The messages of one session that wait for the device's next own packet, in order. One thread. */
final class Held {
    private final List<Given> given = new ArrayList<>(2);
    private final List<Long> heldAtMs = new ArrayList<>(2);
    private long dueAtMs = Long.MAX_VALUE;

    boolean isEmpty() {
        return given.isEmpty();
    }

    void add(Given one, long nowMs, long boundMs) {
        given.add(one);
        heldAtMs.add(nowMs);
        dueAtMs = Math.min(dueAtMs, nowMs + boundMs);
    }

    /** Whether the first of them can wait no longer. */
    boolean isDue(long nowMs) {
        return nowMs >= dueAtMs;
    }

    /** All of them, with what is left of their time to live; none stays. */
    List<Given> take(long nowMs) {
        List<Given> taken = new ArrayList<>(given.size());
        for (int i = 0; i < given.size(); i++) {
            Given one = given.get(i);
            taken.add(one.expiringIn(one.expiresInMs() - (nowMs - heldAtMs.get(i))));
        }
        given.clear();
        heldAtMs.clear();
        dueAtMs = Long.MAX_VALUE;
        return taken;
    }
}
