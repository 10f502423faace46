package io.lastmile.router.heart;

import java.util.LinkedHashSet;
import java.util.function.Consumer;

/** The messages in flight, the one that was sent first in front. */
final class Flights {
    private final LinkedHashSet<Entry> bySending = new LinkedHashSet<>();

    /** It was given to the session, by this owner or, as its edge says, by one before. */
    void begin(Entry entry, OpenSession session, long nowMs) {
        entry.fliesIn(session, nowMs);
        session.took();
        bySending.add(entry);
    }

    /** It is settled or back; nothing where it was not in flight. */
    void end(Entry entry) {
        OpenSession session = entry.flight();
        if (session != null) {
            session.gaveBack();
            entry.comesBack();
            bySending.remove(entry);
        }
    }

    /** Hands out, once, the sessions of messages that were sent at or before the time. */
    void takeSentBefore(long timeMs, Consumer<OpenSession> action) {
        while (!bySending.isEmpty() && bySending.getFirst().sentAtMs() <= timeMs) {
            OpenSession session = bySending.removeFirst().flight();
            if (session != null) {
                action.accept(session);
            }
        }
    }
}
