package io.lastmile.router.kafka;

import io.lastmile.router.heart.Event;
import io.lastmile.router.hop.HopListener;
import io.lastmile.router.hop.Hops;
import io.lastmile.wire.Incarnation;
import io.lastmile.wire.SessionId;
import io.lastmile.wire.hop.HopFrame;
import io.lastmile.wire.hop.HopFrame.HeldSession;
import io.lastmile.wire.record.NodeRecord;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The partitions owned right now, and the switchboard between them and the hops: what an edge says
 * goes to the partition it concerns, what happens to a hop goes to all. Safe for use by several
 * threads.
 */
public final class OwnedPartitions implements HopListener {
    private static final Logger log = LoggerFactory.getLogger(OwnedPartitions.class);

    private final Map<Integer, OwnedPartition> byNumber = new ConcurrentHashMap<>();
    private final Map<Incarnation, Long> hopByEdge = new ConcurrentHashMap<>();
    private final LogEnds ends;
    private long hopsMade;
    private @Nullable Hops hops;

    /** Owns nothing yet. */
    public OwnedPartitions(LogEnds ends) {
        this.ends = ends;
    }

    /** The hops that {@code own} goes out on; set once, before anything is added. */
    public void over(Hops connections) {
        hops = connections;
    }

    private Hops hops() {
        return Objects.requireNonNull(hops, "over(...) comes first");
    }

    /** From now on it is fed, and every edge is told who owns it. */
    void add(OwnedPartition owned) {
        byNumber.put(owned.partition(), owned);
        for (Incarnation edge : hops().connected()) {
            hops().own(edge, owned.partition(), owned.epoch());
        }
    }

    /** It is not fed any more. */
    void remove(OwnedPartition owned) {
        byNumber.remove(owned.partition(), owned);
    }

    @Nullable OwnedPartition find(int partition) {
        return byNumber.get(partition);
    }

    Collection<OwnedPartition> all() {
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
        for (OwnedPartition owned : byNumber.values()) {
            owned.tick();
        }
    }

    /** Tells every heart. */
    void feedAll(Event event) {
        for (OwnedPartition owned : byNumber.values()) {
            owned.feed(event);
        }
    }

    /** Nodes says that the edge is gone: every heart hears it with the end of its own events. */
    void edgeGone(Incarnation edge) {
        for (OwnedPartition owned : byNumber.values()) {
            edgeGone(owned, edge);
        }
    }

    /** Tells the heart where messages end now, for an acknowledgement of that offset. */
    void messagesEnd(OwnedPartition owned, long acknowledged) {
        int partition = owned.partition();
        ends.endsOfMessages(
                Set.of(partition),
                found -> {
                    LogEnds.Ends here = found.get(partition);
                    long end = here == null ? Long.MAX_VALUE : here.all();
                    if (acknowledged >= end) {
                        log.atError()
                                .addKeyValue("partition", partition)
                                .addKeyValue("acknowledged", acknowledged)
                                .addKeyValue("end", end)
                                .log("acknowledgement beyond the end of messages");
                    }
                    owned.feed(new Event.MessagesEnd(end));
                });
    }

    void edgeGone(OwnedPartition owned, Incarnation edge) {
        ends.endOfEvents(owned.partition(), end -> owned.feed(new Event.EdgeGone(edge, end)));
    }

    @Override
    public void connected(Incarnation edge) {
        synchronized (hopByEdge) {
            hopByEdge.put(edge, ++hopsMade);
        }
        for (OwnedPartition owned : byNumber.values()) {
            hops().own(edge, owned.partition(), owned.epoch());
        }
    }

    @Override
    public void cutOff(Incarnation edge) {
        synchronized (hopByEdge) {
            hopByEdge.remove(edge);
            feedAll(new Event.EdgeCutOff(edge));
        }
    }

    @Override
    public void stalled(Incarnation edge, boolean stalled) {
        feedAll(new Event.EdgeStalled(edge, stalled));
    }

    @Override
    public void answered(
            Incarnation edge,
            int partition,
            long epoch,
            List<HeldSession> held,
            long highestIssued) {
        OwnedPartition owned = byNumber.get(partition);
        if (owned == null || owned.epoch() != epoch) {
            return;
        }
        Long hop = hopByEdge.get(edge);
        ends.endOfEvents(
                partition,
                end -> {
                    // An answer over a hop that has been made again since says what is not true
                    // any more: what was sent in between is not in it.
                    synchronized (hopByEdge) {
                        if (hop != null && hop.equals(hopByEdge.get(edge))) {
                            owned.feed(new Event.EdgeAnswered(edge, held, highestIssued, end));
                        }
                    }
                });
    }

    @Override
    public void refused(Incarnation edge, int partition, long higherEpoch) {
        // Whoever claimed later has fenced this owner in Kafka too: that is where it ends.
        log.atInfo()
                .addKeyValue("edge", edge)
                .addKeyValue("partition", partition)
                .addKeyValue("higherEpoch", higherEpoch)
                .log("own refused");
    }

    @Override
    public void notHere(Incarnation edge, HopFrame.NotHere frame) {
        OwnedPartition owned = byNumber.get(frame.partition());
        if (owned != null && owned.epoch() == frame.epoch()) {
            SessionId session = new SessionId(edge, frame.session());
            owned.feed(new Event.SessionNotHere(session, frame.offset()));
        }
    }
}
