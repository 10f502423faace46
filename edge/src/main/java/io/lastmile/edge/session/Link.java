package io.lastmile.edge.session;

import io.lastmile.wire.Transport;

/** A device's open socket, as its heart sees it. On its loop only, except {@link #transport}. */
public interface Link {
    /** The {@link #network} where nobody knows. */
    long UNKNOWN = -1;

    /** How the device reached the edge. */
    Transport transport();

    /**
     * Where the device comes from, for limits: its IPv4 address, or the upper half of its IPv6
     * address.
     */
    long network();

    /**
     * Sends what was written.
     *
     * @return whether the socket took all of it; else {@link DeviceHeart#flushed} follows, never
     *     within this call
     */
    boolean flush();

    /**
     * Bytes written that the device's system has not acknowledged, where the kernel says so; else
     * those that the socket has not taken. A question to the kernel: for sweeps.
     */
    long unacknowledgedBytes();

    /**
     * Ends it: the socket is closed, with an orderly end behind what was flushed. The heart hears
     * nothing more but {@link DeviceHeart#closed}.
     */
    void end();
}
