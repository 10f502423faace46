package io.lastmile.edge.socket;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lastmile.edge.Bugs;
import io.lastmile.edge.Fuzz;
import io.lastmile.node.Metrics;
import io.lastmile.wire.Transport;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Almost right WebSocket, TLS and proxy protocol, cut anywhere, through the same handlers as in the
 * edge: each connection ends in order or goes on, and nothing is a bug.
 */
class PipelineFuzzTest {
    private static final byte[] NOTHING = {};
    private static final byte[] UPGRADE =
            """
            GET /mqtt HTTP/1.1\r
            Host: edge\r
            Upgrade: websocket\r
            Connection: Upgrade\r
            Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
            Sec-WebSocket-Protocol: mqtt\r
            Sec-WebSocket-Version: 13\r
            \r
            """
                    .getBytes(US_ASCII);

    /** Masked with zeros: a binary frame, one in two parts with a ping between, and a close. */
    private static final byte[] FRAMES =
            hex(
                    "828500000000 68656c6c6f  028300000000 68656c  898100000000 61"
                            + " 808200000000 6c6f  82fe000500000000 68656c6c6f  888200000000 03e8");

    private final Metrics metrics = new Metrics();
    private final Arrivals arrivals =
            new Arrivals(new ArrivalLimits(1_000_000, 10, 10), System::nanoTime, metrics);
    private final LoopConnections neighbours = new LoopConnections(2, metrics);

    private static byte[] hex(String spaced) {
        return ByteBufUtil.decodeHexDump(spaced.replace(" ", ""));
    }

    private static byte[] joined(byte[]... parts) {
        return ByteBufUtil.getBytes(Unpooled.wrappedBuffer(parts));
    }

    /** A protocol that takes as much as it likes, and answers or hangs up when it likes. */
    private static final class Moody implements Peer {
        private final Connection connection;
        private final SplittableRandom random;
        private int closes;

        Moody(Connection connection, SplittableRandom random) {
            this.connection = connection;
            this.random = random;
        }

        @Override
        public void received(ByteBuf bytes) {
            bytes.skipBytes(random.nextInt(bytes.readableBytes() + 1));
            switch (random.nextInt(10)) {
                case 0, 1, 2 -> {
                    connection.write(connection.buffers().buffer().writeBytes(new byte[9]));
                    connection.flush();
                }
                case 3 -> connection.arrived();
                case 4 -> connection.end();
                default -> connection.remote();
            }
        }

        @Override
        public void flushed() {}

        @Override
        public void swept(long nanoTime) {
            connection.again();
        }

        @Override
        public void stalled() {}

        @Override
        public void closed(boolean broken) {
            closes++;
        }
    }

    private void feed(Pipelines pipelines, byte[] bytes, SplittableRandom random) throws Exception {
        EmbeddedChannel channel = new EmbeddedChannel();
        Arrival arrival = arrivals.begin(null);
        if (arrival == null) {
            throw new AssertionError("the one before is still there");
        }
        Moody[] peer = new Moody[1];
        neighbours.speak(Peer.each(opened -> peer[0] = new Moody(opened, random)));
        NettyConnection connection = new NettyConnection(channel, Transport.TCP, neighbours);
        neighbours.add(connection, arrival);
        pipelines.on(channel, connection);
        for (int at = 0; at < bytes.length && channel.isOpen(); ) {
            int length = Math.min(bytes.length - at, random.nextInt(1, 200));
            ByteBuf piece = UnpooledByteBufAllocator.DEFAULT.directBuffer(length);
            channel.writeInbound(piece.writeBytes(bytes, at, length));
            channel.releaseOutbound();
            neighbours.sweep(0);
            at += length;
        }
        channel.finishAndReleaseAll();
        assertEquals(1, peer[0].closes);
        assertEquals(0, arrivals.count());
    }

    private void survives(int seeds, Pipelines pipelines, byte[] before, List<byte[]> samples) {
        try (Bugs bugs = Bugs.watch()) {
            Fuzz.run(
                    seeds,
                    samples,
                    (bytes, random) -> {
                        byte[] all = random.nextBoolean() ? joined(before, bytes) : bytes;
                        feed(pipelines, all, random);
                        assertEquals(List.of(), bugs.found());
                    });
        }
    }

    private static Pipelines pipelines(
            Transport transport, boolean proxied, @Nullable Certificates certificates) {
        return new Pipelines(transport, proxied, certificates, 100, WebSocketOrigins.LOOPBACK);
    }

    @Test
    void webSocket() {
        survives(
                5_000,
                pipelines(Transport.WEBSOCKET, false, null),
                UPGRADE,
                List.of(FRAMES, joined(UPGRADE, FRAMES)));
    }

    @Test
    void proxyProtocol() {
        byte[] hello = "hello".getBytes(US_ASCII);
        byte[] magic = hex("0d0a0d0a000d0a515549540a");
        byte[] text = "PROXY TCP4 10.1.2.3 127.0.0.1 12345 1883\r\n".getBytes(US_ASCII);
        survives(
                5_000,
                pipelines(Transport.TCP, true, null),
                NOTHING,
                List.of(
                        joined(magic, hex("2111000c 0a010203 7f000001 3039 075b"), hello),
                        joined(magic, hex("21210024"), new byte[36], hello),
                        joined(magic, hex("21110012 0a010203 7f000001 3039 075b 010003 616263")),
                        joined(magic, hex("20000000"), hello),
                        joined(magic, hex("213100d8"), "/run/device".getBytes(US_ASCII)),
                        joined(magic, hex("213100d8 2f72756e"), new byte[212], hello),
                        joined(text, hello)));
    }

    @Test
    void tls(@TempDir Path folder) throws Exception {
        CertificateFiles edge = CertificateFiles.make(folder, "edge");
        edge.write(folder.resolve("edge.pem"), folder.resolve("edge.key"));
        SSLEngine client = edge.client(edge).createSSLEngine("edge", 8883);
        client.setUseClientMode(true);
        ByteBuffer hello = ByteBuffer.allocate(client.getSession().getPacketBufferSize());
        client.wrap(ByteBuffer.allocate(0), hello);
        byte[] bytes = new byte[hello.flip().remaining()];
        hello.get(bytes);
        byte[] changeCipherAndData = hex("140303000101 1703030005 68656c6c6f");
        Certificates certificates =
                new Certificates(
                        new TlsSettings(
                                folder.resolve("edge.pem"), folder.resolve("edge.key"), null));
        survives(
                500,
                pipelines(Transport.TLS, false, certificates),
                NOTHING,
                List.of(bytes, joined(bytes, changeCipherAndData)));
    }
}
