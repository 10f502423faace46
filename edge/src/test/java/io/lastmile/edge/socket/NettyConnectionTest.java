package io.lastmile.edge.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lastmile.node.Metrics;
import io.lastmile.wire.Transport;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.Queue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a connection says of a socket that does not take everything at once. */
class NettyConnectionTest {
    /** How many buffers the socket takes at its next tries; all when none is said. */
    private final Queue<Integer> tries = new ArrayDeque<>();

    private final SlowSocket channel = new SlowSocket();
    private final Heard heard = new Heard();
    private final LoopConnections neighbours = new LoopConnections(60, new Metrics());
    private final NettyConnection connection;

    NettyConnectionTest() {
        neighbours.speak(Peer.each(opened -> heard));
        connection = new NettyConnection(channel, Transport.TCP, neighbours);
        Arrivals arrivals =
                new Arrivals(new ArrivalLimits(10, 10, 10), System::nanoTime, new Metrics());
        neighbours.add(connection, Objects.requireNonNull(arrivals.begin(null)));
        channel.pipeline().addLast(connection);
    }

    @AfterEach
    void close() {
        channel.finishAndReleaseAll();
    }

    @Test
    void whatASecondTryTakesWasTakenByTheFlush() {
        tries.add(0);
        connection.write(Unpooled.buffer().writeLong(1));
        assertTrue(connection.flush(), "the device read between the two tries");
        assertEquals(0, heard.flushed, "nothing is awaited");
    }

    @Test
    void whatIsTakenLaterIsToldOnce() {
        tries.add(0);
        tries.add(0);
        connection.write(Unpooled.buffer().writeLong(1));
        assertFalse(connection.flush());
        channel.unsafe().flush();
        assertEquals(1, heard.flushed);
        assertTrue(connection.flush());
        assertEquals(1, heard.flushed);
    }

    @Test
    void anAnswerMeanwhileIsAwaitedAsWell() {
        tries.add(0);
        tries.add(0);
        connection.write(Unpooled.buffer().writeLong(1));
        assertFalse(connection.flush());
        tries.add(0);
        connection.write(Unpooled.buffer().writeByte(2));
        assertFalse(connection.flush());
        tries.add(2); // the first and what marks its end
        channel.unsafe().flush();
        assertEquals(0, heard.flushed, "the answer has not gone");
        channel.unsafe().flush();
        assertEquals(1, heard.flushed);
    }

    private final class SlowSocket extends EmbeddedChannel {
        @Override
        protected void doWrite(ChannelOutboundBuffer queued) throws Exception {
            Integer taken = tries.poll();
            if (taken == null) {
                super.doWrite(queued);
                return;
            }
            for (int i = 0; i < taken; i++) {
                queued.remove();
            }
        }
    }

    private static final class Heard implements Peer {
        private int flushed;

        @Override
        public void received(ByteBuf bytes) {
            bytes.skipBytes(bytes.readableBytes());
        }

        @Override
        public void flushed() {
            flushed++;
        }

        @Override
        public void swept(long nanoTime) {}

        @Override
        public void stalled() {}

        @Override
        public void closed(boolean broken) {}
    }
}
