package io.lastmile.simulation;

import io.lastmile.wire.hop.HopFrame;
import io.lastmile.wire.record.EventRecord;
import io.lastmile.wire.record.Proof;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** How an edge writes a PUBLISH to a device's connection, and what a planted bug does to that. */
final class Publishing {
    private final SimulatedEdge edge;
    private final World world;
    private final BiConsumer<EdgeSession, EventRecord.@Nullable Ack> acknowledged;
    private @Nullable Runnable heldBack; // a planted bug keeps a PUBLISH here

    Publishing(
            SimulatedEdge edge, BiConsumer<EdgeSession, EventRecord.@Nullable Ack> acknowledged) {
        this.edge = edge;
        this.world = edge.world;
        this.acknowledged = acknowledged;
    }

    void publish(EdgeSession session, HopFrame.Deliver deliver) {
        long offset = deliver.offset();
        int packetId = session.packetId(offset);
        world.books.sent(session, deliver);
        Runnable write =
                () -> {
                    session.connection.publish(session, offset, packetId);
                    session.sent(offset, 1, edge.wallMs());
                    if (session.qos == 0) { // the socket takes the bytes, now or a little later
                        edge.later(0, 20, () -> settle(session, offset, Proof.SENT));
                    }
                };
        if (world.strikes(Mutant.UNSENT_IS_ACKNOWLEDGED, 10)) {
            settle(session, offset, Proof.PUBACK);
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

    private void settle(EdgeSession session, long offset, Proof proof) {
        acknowledged.accept(session, session.settle(offset, proof, 0, edge.wallMs()));
    }

    private void writeHeldBack() {
        Runnable write = heldBack;
        heldBack = null;
        if (write != null) {
            write.run();
        }
    }
}
