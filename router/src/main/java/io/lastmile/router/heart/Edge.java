package io.lastmile.router.heart;

import io.lastmile.wire.Incarnation;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One incarnation of an edge, as this owner sees it. */
final class Edge {
    final Incarnation id;

    /** By which devices at rest name it. */
    final int number;

    /** Its open sessions of devices that are awake, by number. */
    final Map<Long, OpenSession> sessionsByNumber = new HashMap<>();

    /**
     * What sessions were given that the log does not know, by number: until the {@code opened}
     * comes that they were asked for. Empty but after retention took events that nobody had read.
     */
    final Map<Long, Long> highestSentByAnnounced = new HashMap<>(0);

    private boolean answered;
    private boolean everAnswered;
    private boolean stalled;
    private boolean cutOff;
    private Event.@Nullable EdgeAnswered unread;
    private long goneOnceReadTo = NOT_GONE;

    /** The {@link #goneOnceReadTo} of an edge that is not gone. */
    static final long NOT_GONE = Long.MAX_VALUE;

    Edge(Incarnation id, int number) {
        this.id = id;
        this.number = number;
    }

    /** Whether its answer over the present hop has been compared and the hop takes messages. */
    boolean isSendable() {
        return answered && !stalled;
    }

    /** The hop takes no more for now, or takes more again; says whether that is news. */
    boolean setStalled(boolean now) {
        boolean news = stalled != now;
        stalled = now;
        return news;
    }

    /** Whether its answer over the present hop has been compared. */
    boolean hasAnswered() {
        return answered;
    }

    /** Whether it has ever answered this owner: what was sent there is known. */
    boolean hasEverAnswered() {
        return everAnswered;
    }

    void answered() {
        answered = true;
        everAnswered = true;
    }

    /** Whether the hop to it has broken and it has not answered over a new one since. */
    boolean isCutOff() {
        return cutOff;
    }

    void cutOff() {
        unanswered();
        cutOff = true;
    }

    /** It answers, over a new hop or the one it has: that is compared soon. */
    void answers(Event.EdgeAnswered answer) {
        unanswered();
        cutOff = false;
        unread = answer;
    }

    void unanswered() {
        answered = false;
        stalled = false; // a new hop begins empty
        unread = null;
    }

    /** An answer that waits until events are read to the end asked for after it. */
    Event.@Nullable EdgeAnswered unread() {
        return unread;
    }

    /** The answer that waited is compared now. */
    void read() {
        unread = null;
    }

    long goneOnceReadTo() {
        return goneOnceReadTo;
    }

    void goneOnceReadTo(long eventsEnd) {
        goneOnceReadTo = Math.min(goneOnceReadTo, eventsEnd);
    }

    boolean isGone() {
        return goneOnceReadTo != NOT_GONE;
    }
}
