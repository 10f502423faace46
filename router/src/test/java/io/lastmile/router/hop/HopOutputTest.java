package io.lastmile.router.hop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lastmile.wire.DeviceId;
import io.lastmile.wire.Message;
import io.lastmile.wire.MessageId;
import io.lastmile.wire.Payload;
import io.lastmile.wire.hop.HopCodec;
import io.lastmile.wire.hop.HopFrame;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.DataInputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Frames of several threads arrive whole and in order, also where the edge is slow to read. */
class HopOutputTest {
    private static final int THREADS = 3;
    private static final int FRAMES = 20_000;
    private static final DeviceId DEVICE = new DeviceId("phone-1");

    private final EventLoopGroup loop =
            new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final CountDownLatch stalled = new CountDownLatch(1);
    private final CountDownLatch closed = new CountDownLatch(1);
    private ServerSocket server;
    private HopSocket socket;
    private HopOutput output;
    private Socket edge;

    @BeforeEach
    void connect() throws Exception {
        server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        socket =
                (HopSocket)
                        new Bootstrap()
                                .group(loop)
                                .channelFactory(HopSocket::new)
                                .handler(new Heard())
                                .connect(server.getLocalSocketAddress())
                                .sync()
                                .channel();
        output = new HopOutput(socket, socket::writeNow);
        edge = server.accept();
        edge.setSoTimeout(20_000);
    }

    private final class Heard extends ChannelInboundHandlerAdapter {
        @Override
        public void channelWritabilityChanged(ChannelHandlerContext context) {
            stalled.countDown();
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            closed.countDown();
        }
    }

    @AfterEach
    void close() throws Exception {
        edge.close();
        server.close();
        loop.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
    }

    private static HopFrame.Deliver frame(int thread, int number) {
        Message message = Message.plain(DEVICE, Payload.of(new byte[100 + number % 1_000]));
        return new HopFrame.Deliver(
                thread, 1, 1, number, new MessageId(thread, number), -1, message);
    }

    private HopFrame.Deliver next(DataInputStream in) throws Exception {
        byte[] bytes = new byte[in.readInt()];
        in.readFully(bytes);
        return assertInstanceOf(HopFrame.Deliver.class, HopCodec.decode(ByteBuffer.wrap(bytes)));
    }

    @Test
    void framesOfManyThreadsArriveInOrderThroughAStall() throws Exception {
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < THREADS; t++) {
            int thread = t;
            threads.add(
                    Thread.ofPlatform()
                            .start(() -> {
                                for (int i = 0; i < FRAMES; i++) {
                                    output.add(frame(thread, i));
                                    if (i % 7 == thread) {
                                        output.flush();
                                    }
                                }
                                output.flush();
                            }));
        }
        assertTrue(stalled.await(20, TimeUnit.SECONDS), "nobody reads, and it is writable");
        DataInputStream in = new DataInputStream(edge.getInputStream());
        int[] expected = new int[THREADS];
        for (int i = 0; i < THREADS * FRAMES; i++) {
            HopFrame.Deliver frame = next(in);
            assertEquals(expected[frame.partition()]++, frame.offset());
        }
        for (Thread thread : threads) {
            thread.join(TimeUnit.SECONDS.toMillis(20));
            assertFalse(thread.isAlive());
        }
        output.add(frame(0, FRAMES));
        output.flush();
        assertEquals(FRAMES, next(in).offset());
    }

    @Test
    void whatIsNotFlushedWaitsUntilItIsMuch() throws Exception {
        DataInputStream in = new DataInputStream(edge.getInputStream());
        output.add(frame(0, 0));
        assertEquals(0, in.available());
        for (int i = 1; i < 400; i++) {
            output.add(frame(0, i));
        }
        assertEquals(0, next(in).offset());
    }

    @Test
    void anInterruptedThreadDoesNotCloseIt() throws Exception {
        Thread writer =
                Thread.ofPlatform()
                        .start(() -> {
                            Thread.currentThread().interrupt();
                            output.add(frame(0, 1));
                            output.flush();
                        });
        writer.join();
        assertEquals(1, next(new DataInputStream(edge.getInputStream())).offset());
        assertTrue(socket.isActive());
    }

    @Test
    void aWriteThatFailsClosesTheConnection() throws Exception {
        edge.setSoLinger(true, 0);
        edge.close();
        for (int i = 0; closed.getCount() > 0 && i < FRAMES; i++) {
            output.add(frame(0, i));
            output.flush();
        }
        assertTrue(closed.await(20, TimeUnit.SECONDS));
    }
}
