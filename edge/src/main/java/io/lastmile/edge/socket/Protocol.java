package io.lastmile.edge.socket;

import io.lastmile.edge.session.Link;
import io.netty.buffer.ByteBuf;

/**
 * What is spoken over the connections of an edge: one object for all of them, called on the loop of
 * each.
 *
 * @param <P> what it knows of one connection
 */
public interface Protocol<P> {
    /** A device connected. */
    P opened(Connection connection);

    /**
     * Bytes came. The buffer is the loop's own and is valid only during the call; what is left in
     * it comes again with more behind it.
     */
    void received(P peer, Connection connection, ByteBuf bytes);

    /** The socket took everything, after a {@link Link#flush} that said no; never within it. */
    void flushed(P peer);

    /** About a second has passed: the only timer there is. */
    void swept(P peer, long nanoTime);

    /** The device's system has taken nothing for too long: the connection is to be ended. */
    void stalled(P peer);

    /**
     * The socket is closed; called once, whoever closed it.
     *
     * @param broken whether it broke, or the device ended it in order
     */
    void closed(P peer, boolean broken);
}
