package io.lastmile.simulation;

import io.lastmile.wire.EndReason;
import org.jspecify.annotations.Nullable;

/**
 * A device's connection to an edge. Both directions keep their order and take a while; each side
 * learns late, or by keep-alive only, that the other is not there any more.
 */
final class DeviceConnection {
    final SimulatedDevice device;
    final SimulatedEdge edge;
    private final World world;
    private boolean openAtDevice = true;
    private boolean openAtEdge = true;
    private boolean subscribed;
    private @Nullable EdgeSession session;
    private long highestReceived = -1;
    private long lastAtDeviceMs;
    private long lastAtEdgeMs;
    private long frontierMs = Long.MAX_VALUE;

    DeviceConnection(SimulatedDevice device, SimulatedEdge edge) {
        this.device = device;
        this.edge = edge;
        this.world = edge.world;
        toEdge(() -> edge.connected(this));
    }

    boolean isOpenAtDevice() {
        return openAtDevice;
    }

    boolean isSubscribed() {
        return subscribed;
    }

    @Nullable EdgeSession session() {
        return session;
    }

    private void toEdge(Runnable arrived) {
        lastAtEdgeMs = Math.max(lastAtEdgeMs, world.agenda.nowMs() + world.chance.between(1, 15));
        long atMs = lastAtEdgeMs;
        world.agenda.at(
                atMs,
                edge.here(() -> {
                    if (openAtEdge && atMs <= frontierMs) {
                        arrived.run();
                    }
                }));
    }

    private void toDevice(Runnable arrived) {
        lastAtDeviceMs =
                Math.max(lastAtDeviceMs, world.agenda.nowMs() + world.chance.between(1, 15));
        world.agenda.at(
                lastAtDeviceMs,
                () -> {
                    if (openAtDevice) {
                        arrived.run();
                    }
                });
    }

    /** Notes an offset that the device received; false where it is not above all before. */
    boolean noteOffset(long offset) {
        boolean above = offset > highestReceived;
        highestReceived = Math.max(highestReceived, offset);
        return above;
    }

    // The edge's side.

    void opened(EdgeSession session) {
        this.session = session;
        if (!openAtDevice) { // it gave up before it was heard
            edge.later(0, 500, () -> edge.end(session, EndReason.CONNECTION_LOST));
        }
    }

    void suback() {
        toDevice(() -> subscribed = true);
    }

    void publish(EdgeSession session, long offset, int packetId) {
        toDevice(() -> device.published(this, session, offset, packetId));
    }

    void closeByEdge() {
        if (openAtEdge) {
            toDevice(this::closed);
            openAtEdge = false;
        }
    }

    /** The edge's process died: the device finds out some time. */
    void edgeDied() {
        openAtEdge = false;
        world.agenda.after(world.chance.between(0, 1_500), this::closed);
    }

    private void closed() {
        if (openAtDevice) {
            openAtDevice = false;
            device.disconnected(this);
        }
    }

    // The device's side.

    void puback(int packetId, int reasonCode) {
        if (openAtDevice) {
            toEdge(() -> edge.puback(session, packetId, reasonCode));
        }
    }

    void closeByDevice() {
        if (openAtDevice) {
            toEdge(() -> edge.end(session, EndReason.CLOSED_BY_DEVICE));
            openAtDevice = false;
        }
    }

    /** The device is not there any more and nobody tells the edge. */
    void vanish(long keepAliveMs) {
        if (openAtDevice) {
            openAtDevice = false;
            frontierMs = world.agenda.nowMs() + world.chance.between(0, 10);
            world.agenda.after(
                    keepAliveMs, edge.here(() -> edge.end(session, EndReason.KEEP_ALIVE)));
        }
    }
}
