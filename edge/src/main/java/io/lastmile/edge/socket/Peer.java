package io.lastmile.edge.socket;

import io.netty.buffer.ByteBuf;

/** What a protocol makes of one connection. Called on the connection's loop only. */
public interface Peer {
    /**
     * Bytes came. The buffer is the loop's own and is valid only during the call; what is left in
     * it comes again with more behind it.
     */
    void received(ByteBuf bytes);

    /** The socket took everything, after a {@link Connection#flush} that said no. */
    void flushed();

    /** About a second has passed: the only timer there is. */
    void swept(long nanoTime);

    /** The device's system has taken nothing for too long: the connection is to be ended. */
    void stalled();

    /**
     * The socket is closed; called once, whoever closed it.
     *
     * @param broken whether it broke, or the device ended it in order
     */
    void closed(boolean broken);
}
