package io.lastmile.edge.hop;

import io.lastmile.node.Metric;
import io.lastmile.node.Metrics;
import io.lastmile.node.Metrics.Counter;
import io.lastmile.wire.hop.HopFrame;

/** The figures of hops. Any thread. */
final class HopMetrics {
    private final Counter own;
    private final Counter deliver;
    private final Counter copies;
    private final Counter closeSession;
    private final Counter announce;
    private final Counter ping;
    private final Counter outdated;
    private final Counter beyondEnd;
    private final Counter notHere;
    private final Counter refused;

    HopMetrics(Metrics metrics) {
        own = in(metrics, "own");
        deliver = in(metrics, "deliver");
        copies = in(metrics, "copies");
        closeSession = in(metrics, "close-session");
        announce = in(metrics, "announce");
        ping = in(metrics, "ping");
        outdated = in(metrics, "outdated");
        beyondEnd = in(metrics, "beyond-end");
        notHere = metrics.counter(Metric.EDGE_NOT_HERE);
        refused = metrics.counter(Metric.EDGE_HOPS_REFUSED);
    }

    private static Counter in(Metrics metrics, String type) {
        return metrics.counter(Metric.EDGE_HOP_FRAMES, "in", type);
    }

    void received(HopFrame frame) {
        switch (frame) {
            case HopFrame.Own f -> own.increment();
            case HopFrame.Deliver f -> deliver.increment();
            case HopFrame.Copies f -> copies.increment();
            case HopFrame.CloseSession f -> closeSession.increment();
            case HopFrame.Announce f -> announce.increment();
            case HopFrame.Ping f -> ping.increment();
            case HopFrame.Hello f -> {}
            case HopFrame.FromEdge f -> {}
        }
    }

    /** A frame of a former owner, or of an older connection, was dropped. */
    void outdated() {
        outdated.increment();
    }

    /** An epoch was claimed that cannot be. */
    void beyondEnd() {
        beyondEnd.increment();
    }

    void notHere() {
        notHere.increment();
    }

    /**
     * A hop is refused; says whether that is to be told: of the first, second, fourth and so on.
     */
    boolean refused() {
        refused.increment();
        return Long.bitCount(refused.count()) == 1;
    }
}
