package io.lastmile.router.owner;

import io.lastmile.wire.Incarnation;
import io.lastmile.wire.hop.HopFrame;

/** Hears what happens on the hops. Called on the hops' event loop: must not block. */
public interface HopListener {
    /** The hop is open: {@code own} may be sent. */
    void connected(Incarnation edge);

    /** The hop is gone; what was on the way may not have arrived. */
    void cutOff(Incarnation edge);

    /** The hop's buffer is full, or has room again. */
    void stalled(Incarnation edge, boolean stalled);

    /** A part of the edge's answer to an {@code own}. */
    void answered(Incarnation edge, HopFrame.Sessions frame);

    /** The edge does not have the session that a message was for. */
    void notHere(Incarnation edge, HopFrame.NotHere frame);
}
