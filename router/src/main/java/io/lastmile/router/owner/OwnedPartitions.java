package io.lastmile.router.owner;

import io.lastmile.wire.Incarnation;
import io.lastmile.wire.hop.HopFrame;
import io.lastmile.wire.record.NodeRecord;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The partitions owned right now, and the switchboard between them and the edges: what an edge says
 * goes to the partition it concerns, what happens to a hop or an edge goes to all. Safe for use by
 * several threads; what comes from a hop waits for nobody.
 */
public final class OwnedPartitions implements HopListener {
    private final Map<Integer, OwnedPartition> byNumber = new ConcurrentHashMap<>();

    /** From now on it is fed, and every edge whose hop is open is told who owns it. */
    public void add(OwnedPartition owned, Set<Incarnation> connected) {
        byNumber.put(owned.partition(), owned);
        connected.forEach(owned::hopOpened);
    }

    /** It is not fed any more. */
    public void remove(OwnedPartition owned) {
        byNumber.remove(owned.partition(), owned);
    }

    /** The partition of that number, where it is owned. */
    public @Nullable OwnedPartition find(int partition) {
        return byNumber.get(partition);
    }

    /** All of them. */
    public Collection<OwnedPartition> all() {
        return byNumber.values();
    }

    /** Partitions and epochs, as they stand in this router's heartbeats. */
    public List<NodeRecord.Claim> claims() {
        return byNumber.values().stream()
                .map(owned -> new NodeRecord.Claim(owned.partition(), owned.epoch()))
                .sorted(Comparator.comparingInt(NodeRecord.Claim::partition))
                .toList();
    }

    /** Time passes in every heart. */
    public void tick() {
        byNumber.values().forEach(OwnedPartition::tick);
    }

    /** Nodes names the edge. */
    public void edgeUp(Incarnation edge) {
        byNumber.values().forEach(owned -> owned.edgeUp(edge));
    }

    /** Nodes says that the edge is gone. */
    public void edgeGone(Incarnation edge) {
        byNumber.values().forEach(owned -> owned.edgeGone(edge));
    }

    @Override
    public void connected(Incarnation edge) {
        byNumber.values().forEach(owned -> owned.hopOpened(edge));
    }

    @Override
    public void cutOff(Incarnation edge) {
        byNumber.values().forEach(owned -> owned.hopCut(edge));
    }

    @Override
    public void stalled(Incarnation edge, boolean stalled) {
        byNumber.values().forEach(owned -> owned.hopStalled(edge, stalled));
    }

    @Override
    public void answered(Incarnation edge, HopFrame.Sessions frame) {
        OwnedPartition owned = byNumber.get(frame.partition());
        if (owned != null) {
            owned.answered(edge, frame);
        }
    }

    @Override
    public void notHere(Incarnation edge, HopFrame.NotHere frame) {
        OwnedPartition owned = byNumber.get(frame.partition());
        if (owned != null) {
            owned.notHere(edge, frame);
        }
    }
}
