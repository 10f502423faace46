package io.lastmile.simulation;

import io.lastmile.edge.session.ClientPacket.Disconnect;
import io.lastmile.edge.session.ClientPacket.Puback;
import io.lastmile.edge.session.DeviceHeart;
import io.lastmile.edge.session.Link;
import io.lastmile.edge.session.Session;
import io.lastmile.wire.EndReason;
import io.lastmile.wire.Transport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A device's connection to an edge, where the real heart of it is. Both directions keep their order
 * and take a while; each side learns late, or by keep-alive only, that the other is not there any
 * more.
 */
final class DeviceConnection implements Link {
    final SimulatedDevice device;
    final SimulatedEdge edge;
    private final World world;
    private final long beganAtMs;
    private boolean openAtDevice = true;
    private boolean openAtEdge = true;
    private boolean subscribed;
    private boolean full;
    private @Nullable DeviceHeart heart;
    private long highestReceived = -1;
    private long lastAtDeviceMs;
    private long lastAtEdgeMs;
    private long frontierMs = Long.MAX_VALUE;

    DeviceConnection(SimulatedDevice device, SimulatedEdge edge) {
        this.device = device;
        this.edge = edge;
        this.world = edge.world;
        this.beganAtMs = world.agenda.nowMs();
        toEdge(() -> edge.connected(this));
    }

    static DeviceConnection of(Session session) {
        return (DeviceConnection) session.heart().link();
    }

    long beganAtMs() {
        return beganAtMs;
    }

    boolean isOpenAtDevice() {
        return openAtDevice;
    }

    boolean isSubscribed() {
        return subscribed;
    }

    @Nullable Session session() {
        return heart == null ? null : heart.session();
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

    /** The edge has accepted it. */
    void accepted(DeviceHeart its) {
        heart = its;
    }

    private void tell(Consumer<DeviceHeart> event) {
        if (heart != null) {
            event.accept(heart);
        }
    }

    void swept(long nanoTime) {
        tell(it -> it.swept(edge.wallMs(), nanoTime));
    }

    void suback() {
        toDevice(() -> subscribed = true);
    }

    void publish(Session session, long offset, int packetId) {
        toDevice(() -> device.published(this, session, offset, packetId));
    }

    @Override
    public Transport transport() {
        return Transport.TCP;
    }

    @Override
    public long network() {
        return UNKNOWN;
    }

    /** The socket takes the bytes, now or a little later. */
    @Override
    public boolean flush() {
        if (!full && world.chance.percent(10)) {
            full = true;
            edge.later(
                    0,
                    20,
                    () -> {
                        full = false;
                        tell(it -> it.flushed(edge.wallMs()));
                    });
        }
        return !full;
    }

    @Override
    public long unacknowledgedBytes() {
        return 0;
    }

    @Override
    public void end() {
        edge.left(this);
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
            toEdge(() -> edge.read(heart, new Puback(packetId, edge.heard(reasonCode))));
        }
    }

    void closeByDevice() {
        if (openAtDevice) {
            toEdge(() -> edge.read(heart, new Disconnect(0)));
            openAtDevice = false;
        }
    }

    /** The device is not there any more and nobody tells the edge. */
    void vanish(long keepAliveMs) {
        if (openAtDevice) {
            openAtDevice = false;
            frontierMs = world.agenda.nowMs() + world.chance.between(0, 10);
            world.agenda.after(
                    keepAliveMs,
                    edge.here(() -> tell(it -> it.end(EndReason.KEEP_ALIVE, edge.wallMs()))));
        }
    }
}
