package io.lastmile.router.kafka;

import io.lastmile.node.kafka.NodesListener;
import io.lastmile.router.owner.EdgeHops;
import io.lastmile.router.owner.OwnedPartitions;
import io.lastmile.router.ownership.Liveness;
import io.lastmile.wire.HostPort;
import io.lastmile.wire.Incarnation;
import io.lastmile.wire.NodeRole;
import io.lastmile.wire.record.NodeRecord.Gone;
import io.lastmile.wire.record.NodeRecord.Heartbeat;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the edges in nodes: keeps a hop to each, tells the hearts who is up and who is gone, and
 * declares gone the ones that are silent while this router's own heartbeats go through.
 */
public final class EdgeWatch implements NodesListener {
    private static final Logger log = LoggerFactory.getLogger(EdgeWatch.class);

    private final Supplier<Incarnation> self;
    private final Liveness liveness;
    private final OwnedPartitions owned;
    private final EdgeHops hops;
    private final Consumer<Incarnation> declareGone;
    private final Set<Incarnation> allGone = new HashSet<>();
    private final Set<Incarnation> unreachable = new HashSet<>();

    /**
     * Decides by counting, see {@link Liveness}; listens once added to the nodes view.
     *
     * @param self whose heartbeats are this router's own
     * @param liveness of edges
     * @param declareGone writes so
     */
    public EdgeWatch(
            Supplier<Incarnation> self,
            Liveness liveness,
            OwnedPartitions owned,
            EdgeHops hops,
            Consumer<Incarnation> declareGone) {
        this.self = self;
        this.liveness = liveness;
        this.owned = owned;
        this.hops = hops;
        this.declareGone = declareGone;
    }

    @Override
    public void heartbeat(Incarnation incarnation, Heartbeat heartbeat, long appendedAtMs) {
        switch (heartbeat.role()) {
            case EDGE -> {
                if (allGone.contains(incarnation)) {
                    return; // it does not know yet
                }
                liveness.otherBeat(incarnation);
                owned.edgeUp(incarnation);
                connect(incarnation, heartbeat);
            }
            case ROUTER -> {
                if (incarnation.equals(self.get())) {
                    liveness.ownBeat(incarnation, heartbeat.sequence(), appendedAtMs)
                            .forEach(this::declareGone);
                }
            }
            case API -> {}
        }
    }

    private void connect(Incarnation edge, Heartbeat heartbeat) {
        HostPort address = HostPort.parse(heartbeat.addresses().getOrDefault("hop", ""));
        if (address != null) {
            hops.keep(edge, address.host(), address.port());
        } else if (unreachable.add(edge)) {
            log.atWarn().addKeyValue("edge", edge).log("edge without a hop address");
        }
    }

    private void declareGone(Incarnation edge) {
        log.atWarn().addKeyValue("edge", edge).log("edge silent, declaring it gone");
        declareGone.accept(edge);
    }

    @Override
    public void gone(Incarnation incarnation, Gone gone) {
        if (gone.role() != NodeRole.EDGE) {
            return;
        }
        allGone.add(incarnation);
        liveness.left(incarnation);
        unreachable.remove(incarnation);
        hops.drop(incarnation);
        owned.edgeGone(incarnation);
        log.atInfo().addKeyValue("edge", incarnation).addKeyValue("by", gone.by()).log("edge gone");
    }

    @Override
    public void forgotten(Incarnation incarnation) {
        allGone.remove(incarnation);
    }
}
