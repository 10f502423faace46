package io.lastmile.router.hop;

import io.lastmile.wire.Incarnation;
import io.lastmile.wire.hop.HopFrame;
import io.lastmile.wire.hop.HopFrame.HeldSession;
import java.util.List;

/** Hears what happens on the hops. Called on the hops' event loop: must not block. */
public interface HopListener {
    /** The hop is open: {@code own} may be sent. */
    void connected(Incarnation edge);

    /** The hop is gone; what was on the way may not have arrived. */
    void cutOff(Incarnation edge);

    /** The hop's buffer is full, or has room again. */
    void stalled(Incarnation edge, boolean stalled);

    /** The edge answered an {@code own}, all frames of it together. */
    void answered(
            Incarnation edge,
            int partition,
            long epoch,
            List<HeldSession> held,
            long highestIssued);

    /** The edge knows an owner with a higher epoch. */
    void refused(Incarnation edge, int partition, long higherEpoch);

    /** The edge does not have the session that a message was for. */
    void notHere(Incarnation edge, HopFrame.NotHere frame);
}
