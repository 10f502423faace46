package io.lastmile.router.ownership;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lastmile.wire.Incarnation;
import java.util.List;
import org.junit.jupiter.api.Test;

final class LivenessTest {
    private static final Incarnation SELF = new Incarnation("router-1", 1);
    private static final Incarnation OTHER = new Incarnation("edge-1", 1);

    private final Liveness liveness = new Liveness(3, 300);
    private long sequence;
    private long nowMs = 1_000;

    private List<Incarnation> beat() {
        return beatAfter(300);
    }

    private List<Incarnation> beatAfter(long ms) {
        nowMs += ms;
        return liveness.ownBeat(SELF, ++sequence, nowMs);
    }

    @Test
    void whoIsSilentForSoManyHeartbeatsIsNamed() {
        beat();
        liveness.otherBeat(OTHER);
        assertEquals(List.of(), beat());
        assertEquals(List.of(), beat());
        assertEquals(List.of(OTHER), beat());
    }

    @Test
    void anyHeartbeatOfTheOtherBeginsTheCountAgain() {
        beat();
        liveness.otherBeat(OTHER);
        beat();
        beat();
        liveness.otherBeat(OTHER);
        assertEquals(List.of(), beat());
        assertEquals(List.of(), beat());
    }

    @Test
    void whoHasLeftIsNotCounted() {
        beat();
        liveness.otherBeat(OTHER);
        beat();
        beat();
        liveness.left(OTHER);
        assertEquals(List.of(), beat());
    }

    /** Under its next incarnation, whose heartbeat it read before it heard that it is its own. */
    @Test
    void itNeverNamesItself() {
        beat();
        Incarnation next = new Incarnation("router-1", 2);
        liveness.otherBeat(next);
        for (long beat = 1; beat <= 10; beat++) {
            nowMs += 300;
            assertEquals(List.of(), liveness.ownBeat(next, beat, nowMs));
        }
    }

    @Test
    void anOwnHeartbeatOutOfTurnDoesNotCount() {
        beat();
        liveness.otherBeat(OTHER);
        for (int i = 0; i < 10; i++) {
            assertEquals(List.of(), liveness.ownBeat(SELF, sequence, nowMs + i));
        }
    }

    /** Kafka stood still: whoever comes back later than this router gets the time for it. */
    @Test
    void afterAPauseCountingBeginsAgainLater() {
        beat();
        liveness.otherBeat(OTHER);
        beat();
        beat();
        assertEquals(List.of(), beatAfter(601));
        for (long ms = 300; ms < Liveness.PAUSE_GRACE_MS; ms += 300) {
            assertEquals(List.of(), beat(), "after " + ms + " ms");
        }
        assertEquals(List.of(), beat());
        assertEquals(List.of(), beat());
        assertEquals(List.of(OTHER), beat());
    }

    @Test
    void anotherLeaderWithAClockBehindIsAPauseToo() {
        beat();
        liveness.otherBeat(OTHER);
        beat();
        beat();
        assertEquals(List.of(), beatAfter(-60_000));
        assertEquals(List.of(), beat());
    }

    /** It was asleep when it was declared gone, and the others perhaps with it. */
    @Test
    void underTheNextIncarnationCountingBeginsAgain() {
        beat();
        liveness.otherBeat(OTHER);
        beat();
        beat();
        Incarnation next = new Incarnation("router-1", 2);
        for (int i = 1; i <= 3; i++) {
            nowMs += 300;
            assertEquals(List.of(), liveness.ownBeat(next, i, nowMs));
        }
        nowMs += 300;
        assertEquals(List.of(OTHER), liveness.ownBeat(next, 4, nowMs));
    }
}
