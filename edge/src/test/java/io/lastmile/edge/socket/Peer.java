package io.lastmile.edge.socket;

import io.netty.buffer.ByteBuf;
import java.util.function.Function;

/** One connection of a test's protocol. */
interface Peer {
    void received(ByteBuf bytes);

    void flushed();

    void swept(long nanoTime);

    void stalled();

    void closed(boolean broken);

    /** A protocol with an object for each connection. */
    static Protocol<Peer> each(Function<Connection, Peer> made) {
        return new Protocol<>() {
            @Override
            public Peer opened(Connection connection) {
                return made.apply(connection);
            }

            @Override
            public void received(Peer peer, Connection connection, ByteBuf bytes) {
                peer.received(bytes);
            }

            @Override
            public void flushed(Peer peer) {
                peer.flushed();
            }

            @Override
            public void swept(Peer peer, long nanoTime) {
                peer.swept(nanoTime);
            }

            @Override
            public void stalled(Peer peer) {
                peer.stalled();
            }

            @Override
            public void closed(Peer peer, boolean broken) {
                peer.closed(broken);
            }
        };
    }
}
