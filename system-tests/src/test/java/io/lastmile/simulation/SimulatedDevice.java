package io.lastmile.simulation;

import io.lastmile.wire.DeviceId;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A device: connects, takes what comes, acknowledges at its own pace, comes and goes. */
final class SimulatedDevice {
    private static final long CONNECT_TIMEOUT_MS = 3_000;

    final DeviceId id;
    final int partition;
    private final World world;
    private final Set<Long> received = new HashSet<>();
    private @Nullable DeviceConnection connection;
    private boolean wantsToBeOnline = true;
    private int stuckPercent;
    private int slowPercent;

    SimulatedDevice(World world, DeviceId id, int partition) {
        this.world = world;
        this.id = id;
        this.partition = partition;
        this.slowPercent = world.chance.percent(30) ? 40 : 0;
        this.stuckPercent = world.plan.stuckDevices && world.chance.percent(30) ? 5 : 0;
    }

    @Nullable DeviceConnection connection() {
        return connection;
    }

    boolean hasReceived(long offset) {
        return received.contains(offset);
    }

    /** From now on it acknowledges at once. */
    void heal() {
        stuckPercent = 0;
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

    void published(DeviceConnection on, EdgeSession session, long offset, int packetId) {
        received.add(offset);
        world.trace.note(() -> id + " receives " + offset + " in " + session.id());
        world.books.received(this, session, offset);
        if (world.chance.percent(stuckPercent)) {
            return;
        }
        boolean slow = world.chance.percent(slowPercent);
        long delayMs = slow ? world.chance.between(100, 4_000) : world.chance.between(0, 25);
        world.agenda.after(delayMs, () -> on.puback(packetId));
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
