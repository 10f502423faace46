package io.lastmile.simulation;

import io.lastmile.edge.session.ClientPacket.Connect;
import io.lastmile.edge.session.ClientPacket.Publish;
import io.lastmile.edge.session.DeviceHeart;
import io.lastmile.edge.session.Given;
import io.lastmile.edge.session.NoConnect;
import io.lastmile.edge.session.Output;
import io.lastmile.edge.session.ReasonCode;
import io.lastmile.edge.session.Session;
import io.lastmile.edge.session.Verdict;
import io.lastmile.wire.Control;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.EndReason;
import io.lastmile.wire.hop.HopFrame;
import io.lastmile.wire.record.CopiesAckedRecord;
import io.lastmile.wire.record.EventRecord;
import java.util.Objects;

/** What the hearts of a simulated edge say, done to modelled devices and Kafka. */
final class EdgeOutput implements Output {
    private final SimulatedEdge edge;
    private final World world;
    private final Publishing publishing;

    EdgeOutput(SimulatedEdge edge) {
        this.edge = edge;
        this.world = edge.world;
        this.publishing = new Publishing(edge);
    }

    @Override
    public void connected(DeviceHeart heart, int serverKeepAliveSeconds) {}

    @Override
    public void refused(DeviceHeart heart, ReasonCode reason, String clientId) {}

    @Override
    public void suback(DeviceHeart heart, int packetId, int[] codes) {
        ((DeviceConnection) heart.link()).suback();
    }

    @Override
    public void unsuback(DeviceHeart heart, int packetId, int[] codes) {}

    @Override
    public void pingresp(DeviceHeart heart) {}

    @Override
    public void dropped(DeviceHeart heart, Publish publish, boolean first) {}

    @Override
    public void pubcomp(DeviceHeart heart, int packetId) {}

    @Override
    public int publish(DeviceHeart heart, Given given, int packetId, int topic) {
        Session session = Objects.requireNonNull(heart.session());
        HopFrame.Deliver frame =
                switch (given) {
                    case Given.Single single -> single.frame();
                    case Given.Copy copy ->
                            copy.broadcast()
                                    .frame()
                                    .to(new HopFrame.Recipient(session.number(), 0));
                };
        publishing.publish(session, frame, packetId);
        return 1;
    }

    @Override
    public void disconnect(DeviceHeart heart, ReasonCode reason, String text) {}

    @Override
    public void write(Session session, EventRecord event) {
        if (event instanceof EventRecord.Acked acked) {
            acked.acks().forEach(ack -> world.books.ackTaken(session, ack));
            if (world.has(Mutant.END_IS_EARLY)) { // and stands in the log in front of this
                edge.later(0, 100, () -> edge.append(session, event));
                return;
            }
        }
        edge.append(session, event);
    }

    @Override
    public void acknowledge(Session session, long offset, CopiesAckedRecord.Ack ack) {
        world.books.ackTaken(session, ack.ofMessage(offset));
        edge.acknowledge(session, offset, ack);
    }

    @Override
    public void member(DeviceHeart heart, int partition, Control control) {
        throw new IllegalStateException("simulated devices subscribe to no channel");
    }

    @Override
    public void hasten() {
        edge.hasten();
    }

    @Override
    public Verdict authenticate(DeviceHeart heart, Connect connect, DeviceId device) {
        return new Verdict.Accepted(Verdict.FOR_EVER);
    }

    @Override
    public void takeOver(DeviceHeart older) {
        edge.later(0, 2, () -> older.end(EndReason.TAKEN_OVER, edge.wallMs()));
    }

    @Override
    public void unproven(DeviceHeart heart, DeviceId device, String reason) {}

    @Override
    public void broke(DeviceHeart heart, ReasonCode reason, String text) {
        throw new IllegalStateException(heart.device() + ": " + text);
    }

    @Override
    public void noConnect(DeviceHeart heart, NoConnect why) {}

    @Override
    public void strayPuback(DeviceHeart heart) {}

    @Override
    public void ended(Session session, EndReason reason) {
        world.trace.note(() -> session + " ends: " + reason);
        switch (reason) {
            case ACK_DEADLINE -> world.figures.count("overdue");
            case SLOW -> world.figures.count("no_room");
            default -> {}
        }
        if (world.has(Mutant.END_IS_EARLY)) {
            edge.appendUnconfirmed(
                    session, new EventRecord.Ended(session.id(), reason, edge.wallMs()));
        }
    }
}
