package io.lastmile.simulation;

import static io.lastmile.simulation.InvariantBroken.check;

import io.lastmile.edge.session.Session;
import io.lastmile.wire.ChannelName;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.MemberSource;
import io.lastmile.wire.record.EventRecord;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A device: connects, takes what comes, acknowledges at its own pace, comes and goes. */
final class SimulatedDevice {
    private static final long CONNECT_TIMEOUT_MS = 3_000;

    final DeviceId id;
    final int partition;
    final int qos;
    private final World world;
    private @Nullable DeviceConnection connection;
    private boolean wantsToBeOnline = true;
    private int stuckPercent;
    private int slowPercent;
    private int refusingPercent;

    SimulatedDevice(World world, DeviceId id, int partition) {
        this.world = world;
        this.id = id;
        this.partition = partition;
        this.slowPercent = world.chance.percent(30) ? 40 : 0;
        this.stuckPercent = isSome(Trait.STUCK_DEVICES) ? 5 : 0;
        this.refusingPercent = isSome(Trait.REFUSING_DEVICES) ? 10 : 0;
        this.qos = isSome(Trait.QOS_0_DEVICES) ? 0 : 1;
    }

    /** Its session can be reached: it may be in a channel as long as that is open. */
    void reachable(Session session) {
        world.broadcasters.reachable(this, session);
    }

    /** In the end, what it is in by a session is by the one that it has. */
    void checkMemberships(Map<ChannelName, Set<MemberSource>> channels) {
        DeviceConnection now = connection;
        Session session = now == null ? null : now.session();
        channels.forEach((channel, sources) -> {
            for (MemberSource source : sources) {
                check(
                        !(source instanceof MemberSource.OfSession of)
                                || (session != null && of.session().equals(session.id())),
                        Invariant.LEAVES_WITH_ITS_SESSION,
                        () -> id + " is in " + channel + " by " + source + ", not " + session);
            }
        });
    }

    private boolean isSome(Trait trait) {
        return world.plan.has(trait) && world.chance.percent(30);
    }

    @Nullable DeviceConnection connection() {
        return connection;
    }

    /** From now on it takes everything, and acknowledges at once. */
    void heal() {
        stuckPercent = 0;
        refusingPercent = 0;
        slowPercent = 0;
    }

    void connect() {
        wantsToBeOnline = true;
        List<SimulatedEdge> edges = world.edges.stream().filter(SimulatedEdge::isAlive).toList();
        if (edges.isEmpty()) {
            connectLater(200, 1_000);
            return;
        }
        DeviceConnection next = new DeviceConnection(this, world.chance.pick(edges));
        connection = next;
        world.trace.note(() -> id + " connects to " + next.edge.name);
        world.agenda.after(
                CONNECT_TIMEOUT_MS,
                () -> {
                    if (connection == next && next.isOpenAtDevice() && !next.isSubscribed()) {
                        next.vanish(world.plan.keepAliveMs);
                        connectLater(10, 500);
                    }
                });
    }

    private void connectLater(long minMs, long maxMs) {
        DeviceConnection last = connection;
        world.agenda.after(
                world.chance.between(minMs, maxMs),
                () -> {
                    if (wantsToBeOnline && connection == last) {
                        connect();
                    }
                });
    }

    void disconnected(DeviceConnection closed) {
        if (connection == closed) {
            connectLater(10, 1_000);
        }
    }

    void published(DeviceConnection on, Session session, long offset, int packetId) {
        world.trace.note(() -> id + " receives " + offset + " in " + session.id());
        world.books.received(this, session, offset);
        if (qos == 0 || world.chance.percent(stuckPercent)) {
            return;
        }
        boolean slow = world.chance.percent(slowPercent);
        long delayMs = slow ? world.chance.between(100, 4_000) : world.chance.between(0, 25);
        int reasonCode = world.chance.percent(refusingPercent) ? EventRecord.Ack.REFUSED : 0;
        if (reasonCode != 0) {
            world.books.refused(session, offset);
        }
        world.agenda.after(delayMs, () -> on.puback(packetId, reasonCode));
    }

    /** Says goodbye and comes back after a while. */
    void disconnect(long offlineMs) {
        DeviceConnection now = connection;
        if (now != null) {
            world.trace.note(() -> id + " disconnects");
            now.closeByDevice();
            stayAway(offlineMs);
        }
    }

    /** Is gone without a word and comes back after a while. */
    void vanish(long offlineMs) {
        DeviceConnection now = connection;
        if (now != null) {
            world.trace.note(() -> id + " vanishes");
            now.vanish(world.plan.keepAliveMs);
            stayAway(offlineMs);
        }
    }

    private void stayAway(long offlineMs) {
        wantsToBeOnline = false;
        DeviceConnection last = connection;
        world.agenda.after(
                offlineMs,
                () -> {
                    if (connection == last) {
                        connect();
                    }
                });
    }

    /** A second connection while the first one is open, its pubacks and all. */
    void connectOnceMore() {
        DeviceConnection old = connection;
        connect();
        if (old != null) {
            world.agenda.after(
                    world.chance.between(0, 3_000), () -> old.vanish(world.plan.keepAliveMs));
        }
    }
}
