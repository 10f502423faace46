package io.lastmile.api.figures;

import io.lastmile.node.kafka.NodesView.Seen;
import java.util.Locale;

/** How a node stands, by what the nodes topic says. */
enum NodeState {
    UP,
    /** It says that it is about to leave. */
    DRAINING,
    /** It has given no sign of life for as long as it takes to be declared gone. */
    SILENT,
    /** It said that it leaves, and was silent since. */
    LEFT,
    /** It was declared gone. */
    GONE;

    /**
     * The state of a node.
     *
     * @param latestMs when anybody was last heard, by the brokers' time
     * @param silentAfterMs of silence
     */
    static NodeState of(Seen seen, boolean isGone, long latestMs, long silentAfterMs) {
        boolean isSilent = latestMs - seen.appendedAtMs() > silentAfterMs;
        boolean isLeaving = seen.heartbeat().draining();
        if (isGone || isSilent) {
            return isLeaving ? LEFT : isGone ? GONE : SILENT;
        }
        return isLeaving ? DRAINING : UP;
    }

    /** The word in JSON. */
    String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
