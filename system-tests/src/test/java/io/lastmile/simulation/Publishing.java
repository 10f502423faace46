package io.lastmile.simulation;

import io.lastmile.edge.session.ClientPacket.Puback;
import io.lastmile.edge.session.Session;
import io.lastmile.wire.hop.HopFrame;
import org.jspecify.annotations.Nullable;

/** How an edge writes a PUBLISH to a device's connection, and what a planted bug does to that. */
final class Publishing {
    private final SimulatedEdge edge;
    private final World world;
    private @Nullable Runnable heldBack; // a planted bug keeps a PUBLISH here

    Publishing(SimulatedEdge edge) {
        this.edge = edge;
        this.world = edge.world;
    }

    void publish(Session session, HopFrame.Deliver deliver, int packetId) {
        world.books.sent(session, deliver);
        DeviceConnection connection = DeviceConnection.of(session);
        Runnable write = () -> connection.publish(session, deliver.offset(), packetId);
        if (world.strikes(Mutant.UNSENT_IS_ACKNOWLEDGED, 10)) {
            if (packetId != 0) { // at QoS 0 the socket does it
                edge.later(0, 0, () -> edge.read(session.heart(), new Puback(packetId, 0)));
            }
        } else if (world.strikes(Mutant.SENT_TWICE, 10)) {
            write.run();
            write.run();
        } else if (heldBack == null && world.strikes(Mutant.OFFSETS_FALL, 20)) {
            heldBack = write;
            edge.later(20, 20, this::writeHeldBack);
        } else {
            write.run();
        }
    }

    private void writeHeldBack() {
        Runnable write = heldBack;
        heldBack = null;
        if (write != null) {
            write.run();
        }
    }
}
