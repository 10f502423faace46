package io.lastmile.router.kafka;

import io.lastmile.node.kafka.NodesListener;
import io.lastmile.router.heart.EdgeLiveness;
import io.lastmile.router.heart.Event;
import io.lastmile.router.hop.Hops;
import io.lastmile.wire.Incarnation;
import io.lastmile.wire.record.NodeRecord.Gone;
import io.lastmile.wire.record.NodeRecord.Heartbeat;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the edges in nodes: keeps a hop to each, tells the hearts who is up and who is gone, and
 * declares gone the ones that are silent while this router's own heartbeats go through.
 */
public final class EdgeWatch implements NodesListener {
    private static final Logger log = LoggerFactory.getLogger(EdgeWatch.class);

    private final EdgeLiveness liveness;
    private final OwnedPartitions owned;
    private final Hops hops;
    private final NodesWriter writer;

    /** Decides by counting, see {@link EdgeLiveness}; listens once added to the nodes view. */
    public EdgeWatch(
            Incarnation self, int goneAfter, OwnedPartitions owned, Hops hops, NodesWriter writer) {
        this.liveness = new EdgeLiveness(self, goneAfter);
        this.owned = owned;
        this.hops = hops;
        this.writer = writer;
    }

    @Override
    public void heartbeat(Incarnation incarnation, Heartbeat heartbeat, long offset) {
        switch (heartbeat.role()) {
            case EDGE -> {
                liveness.edgeBeat(incarnation);
                owned.feedAll(new Event.EdgeUp(incarnation));
                connect(incarnation, heartbeat);
            }
            case ROUTER -> liveness.routerBeat(incarnation).ifPresent(this::declareGone);
            case API -> {}
        }
    }

    private void connect(Incarnation edge, Heartbeat heartbeat) {
        String address = heartbeat.addresses().get("hop");
        int colon = address == null ? -1 : address.lastIndexOf(':');
        if (address == null || colon <= 0) {
            log.atWarn().addKeyValue("edge", edge).log("edge without a hop address");
            return;
        }
        try {
            int port = Integer.parseInt(address, colon + 1, address.length(), 10);
            hops.keep(edge, address.substring(0, colon), port);
        } catch (NumberFormatException e) {
            log.atWarn()
                    .addKeyValue("edge", edge)
                    .addKeyValue("address", address)
                    .log("edge with a hop address that is none");
        }
    }

    private void declareGone(Incarnation edge) {
        log.atWarn().addKeyValue("edge", edge).log("edge silent, declaring it gone");
        liveness.gone(edge);
        writer.gone(edge);
    }

    @Override
    public void gone(Incarnation incarnation, Gone gone, long offset) {
        liveness.gone(incarnation);
        hops.drop(incarnation);
        owned.edgeGone(incarnation);
        log.atInfo().addKeyValue("edge", incarnation).addKeyValue("by", gone.by()).log("edge gone");
    }
}
