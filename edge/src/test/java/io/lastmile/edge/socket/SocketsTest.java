package io.lastmile.edge.socket;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lastmile.node.Clock;
import io.lastmile.node.Metrics;
import io.lastmile.wire.Transport;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.epoll.Epoll;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Sockets of either kind.
 *
 * <p>Long because all of it holds for both kinds, with one peer.
 */
@ParameterizedClass(name = "flat {0}")
@ValueSource(booleans = {true, false})
class SocketsTest {
    private static final ArrivalLimits LIMITS = new ArrivalLimits(100_000, 1_000, 1_000);
    private static final SocketSettings SETTINGS =
            new SocketSettings(2, 128, Duration.ofSeconds(2), 65_536, false, LIMITS, null);

    private final Metrics metrics = new Metrics();
    private final boolean flat;
    private final Sockets sockets;
    private final List<PairsPeer> peers = new CopyOnWriteArrayList<>();
    private final int port;

    SocketsTest(boolean flat) {
        this.flat = flat;
        LongSupplier nanoTime = Clock.system()::nanoTime;
        sockets =
                flat
                        ? new Sockets(SETTINGS, nanoTime, metrics)
                        : Sockets.onChannels(SETTINGS, nanoTime, metrics);
        port = sockets.listen("127.0.0.1", 0, Transport.TCP, Peer.each(this::opened));
    }

    private Peer opened(Connection connection) {
        PairsPeer peer = new PairsPeer(connection);
        peers.add(peer);
        return peer;
    }

    @AfterEach
    void stop() {
        sockets.close();
    }

    private PairsPeer peer(int number) {
        await().until(() -> peers.size() > number);
        return peers.get(number);
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(5_000);
        socket.setTcpNoDelay(true);
        return socket;
    }

    private static void hangUp(Socket socket) throws IOException {
        socket.close();
    }

    /** A protocol whose packets have two bytes. */
    private static final class PairsPeer implements Peer {
        final Connection connection;
        final List<String> pairs = new CopyOnWriteArrayList<>();
        final AtomicInteger received = new AtomicInteger();
        final AtomicInteger flushes = new AtomicInteger();
        final AtomicInteger sweeps = new AtomicInteger();
        final AtomicInteger stalls = new AtomicInteger();
        final AtomicInteger answered = new AtomicInteger();
        final AtomicInteger closes = new AtomicInteger();
        volatile @Nullable Boolean broken;
        volatile boolean answers;

        PairsPeer(Connection connection) {
            this.connection = connection;
        }

        @Override
        public void received(ByteBuf bytes) {
            received.incrementAndGet();
            while (bytes.readableBytes() >= 2) {
                connection.arrived(); // who says something is known
                String pair = ByteBufUtil.hexDump(bytes.readSlice(2));
                if (answers) {
                    answered.incrementAndGet();
                    write(new byte[1]);
                } else {
                    pairs.add(pair);
                }
            }
            if (answers) {
                connection.flush();
            }
        }

        @Override
        public void flushed() {
            flushes.incrementAndGet();
        }

        @Override
        public void swept(long nanoTime) {
            sweeps.incrementAndGet();
        }

        @Override
        public void stalled() {
            stalls.incrementAndGet();
            if (!answers) {
                connection.end();
            }
        }

        @Override
        public void closed(boolean wasBroken) {
            closes.incrementAndGet();
            broken = wasBroken;
        }

        void write(byte[] bytes) {
            connection.write(connection.buffers().buffer(bytes.length).writeBytes(bytes));
        }
    }

    @Test
    void whatIsNotWholeComesAgainWithMoreBehindIt() throws IOException {
        try (Socket device = connect()) {
            PairsPeer peer = peer(0);
            byte[] bytes = {1, 2, 3, 4, 5, 6};
            for (int i = 0; i < bytes.length; i++) {
                device.getOutputStream().write(bytes[i]);
                int reads = i + 1;
                await().until(() -> peer.received.get() >= reads);
            }
            assertEquals(List.of("0102", "0304", "0506"), peer.pairs);
        }
    }

    @Test
    void aDeviceThatReadsLateGetsEverythingAndThenTheFlushIsTold() throws IOException {
        try (Socket device = connect()) {
            PairsPeer peer = peer(0);
            byte[] much = new byte[16 << 20];
            much[much.length - 1] = 7;
            List<Boolean> flushed = new CopyOnWriteArrayList<>();
            peer.connection
                    .loop()
                    .execute(() -> {
                        peer.write(much);
                        flushed.add(peer.connection.flush());
                    });
            await().until(() -> flushed.size() == 1);
            assertFalse(flushed.getFirst(), "no socket takes so much at once");
            assertEquals(0, peer.flushes.get());
            assertArrayEquals(much, device.getInputStream().readNBytes(much.length));
            await().until(() -> peer.flushes.get() == 1);
            peer.connection
                    .loop()
                    .execute(() -> {
                        peer.write(new byte[] {9});
                        flushed.add(peer.connection.flush());
                    });
            await().until(() -> flushed.size() == 2);
            assertTrue(flushed.getLast());
            assertEquals(9, device.getInputStream().read());
        }
    }

    @Test
    void theLastBytesArriveAlthoughTheDeviceGoesOnSending() throws IOException {
        try (Socket device = connect()) {
            PairsPeer peer = peer(0);
            device.getOutputStream().write(new byte[1_001]);
            await().until(() -> peer.received.get() > 0);
            peer.connection
                    .loop()
                    .execute(() -> {
                        peer.write(new byte[] {1, 2, 3});
                        peer.connection.flush();
                        peer.connection.end();
                        peer.write(new byte[] {4});
                    });
            assertEquals(1, device.getInputStream().read());
            device.getOutputStream().write(new byte[1_000]);
            assertArrayEquals(new byte[] {2, 3}, device.getInputStream().readAllBytes());
            int pairs = peer.pairs.size();
            hangUp(device);
            await().until(() -> peer.broken != null);
            assertEquals(false, peer.broken);
            assertEquals(pairs, peer.pairs.size(), "a closed connection hears nothing more");
        }
        await().until(() -> sockets.open() == 0);
    }

    @Test
    void aDeviceThatKeepsItsEndOpenIsClosedAllTheSame() throws IOException {
        try (Socket device = connect()) {
            PairsPeer peer = peer(0);
            peer.connection.loop().execute(peer.connection::end);
            assertEquals(-1, device.getInputStream().read());
            await().until(() -> sockets.open() == 0);
            assertEquals(false, peer.broken);
        }
    }

    @Test
    void anOrderlyEndIsToldFromABrokenOne() throws IOException {
        Socket orderly = connect();
        PairsPeer first = peer(0);
        hangUp(orderly);
        await().until(() -> first.broken != null);
        assertEquals(false, first.broken);
        Socket reset = connect();
        PairsPeer second = peer(1);
        reset.setSoLinger(true, 0);
        hangUp(reset);
        await().until(() -> second.broken != null);
        assertEquals(true, second.broken);
    }

    @Test
    void allConnectionsAreSweptAndWhoLeavesDoesNotDisturbTheOthers() throws IOException {
        try (Socket a = connect();
                Socket b = connect();
                Socket c = connect();
                Socket d = connect()) {
            await().until(() -> peers.size() == 4);
            hangUp(a);
            hangUp(c);
            await().until(() -> sockets.open() == 2);
            int[] before = peers.stream().mapToInt(peer -> peer.sweeps.get()).toArray();
            await().until(() ->
                    IntStream.range(0, 4).filter(i -> peers.get(i).sweeps.get() > before[i]).count()
                            == 2);
            assertTrue(b.isConnected() && d.isConnected());
        }
    }

    @Test
    void plainTcpIsFlatWhereThereIsEpoll() throws IOException {
        try (Socket device = connect()) {
            assertTrue(device.isConnected());
            assertEquals(flat && Epoll.isAvailable(), peer(0).connection instanceof FlatConnection);
        }
    }

    @Test
    void aDeviceThatStopsReadingLosesItsConnectionAndTheOthersDoNot() throws IOException {
        try (Socket stalled = connect()) {
            PairsPeer peer = peer(0);
            peer.connection
                    .loop()
                    .execute(() -> {
                        peer.write(new byte[16 << 20]);
                        peer.connection.flush();
                    });
            await().until(() -> peer.broken != null);
            assertEquals(1, peer.stalls.get());
            assertTrue(stalled.isConnected());
            try (Socket other = connect()) {
                other.getOutputStream().write(new byte[] {1, 2});
                await().until(() -> !peer(1).pairs.isEmpty());
            }
        }
    }

    @Test
    void aDeviceThatReadsSlowlyIsHeardAllTheSame() throws IOException {
        try (Socket device = connect()) {
            PairsPeer peer = peer(0);
            writeMuch(peer, 8 << 20);
            for (int i = 1; i <= 3; i++) {
                device.getOutputStream().write(new byte[] {5, 6});
                int pairs = i;
                await().until(() -> peer.pairs.size() == pairs);
                assertEquals(0, device.getInputStream().read());
            }
        }
    }

    @Test
    void aDeviceThatDoesNotReadWhatItAsksForIsNotHeardUntilItReads() throws Exception {
        try (Socket device = connect()) {
            PairsPeer peer = peer(0);
            int much = 8 << 20;
            int asked = 500_000;
            writeMuch(peer, much);
            peer.answers = true;
            Thread asking =
                    Thread.ofVirtual()
                            .start(() -> {
                                try {
                                    device.getOutputStream().write(new byte[2 * asked]);
                                } catch (IOException e) {
                                    throw new UncheckedIOException(e);
                                }
                            });
            await().until(() -> peer.answered.get() > 0 && isNotHeard(peer));
            assertTrue(peer.answered.get() < asked, "there is a bound: " + peer.answered);
            device.getInputStream().skipNBytes(much);
            device.getInputStream().skipNBytes(asked); // an answer has one byte
            assertEquals(asked, peer.answered.get());
            asking.join();
        }
    }

    /** Whether nothing was heard from one sweep to the next. */
    private static boolean isNotHeard(PairsPeer peer) {
        int answered = peer.answered.get();
        int sweeps = peer.sweeps.get() + peer.stalls.get();
        await().until(() -> peer.sweeps.get() + peer.stalls.get() > sweeps + 1);
        return peer.answered.get() == answered;
    }

    private static void writeMuch(PairsPeer peer, int bytes) {
        List<Boolean> flushed = new CopyOnWriteArrayList<>();
        peer.connection
                .loop()
                .execute(() -> {
                    peer.write(new byte[bytes]);
                    flushed.add(peer.connection.flush());
                });
        await().until(() -> List.of(false).equals(flushed));
    }

    @Test
    void aDescriptorUsedAgainIsAnotherConnection() throws IOException {
        for (int round = 0; round < 10; round++) {
            int first = peers.size();
            try (Socket device = connect()) {
                PairsPeer peer = peer(first);
                device.getOutputStream().write(new byte[] {1});
                await().until(() -> peer.received.get() == 1);
                Executor loop = peer.connection.loop();
                loop.execute(() -> {
                    peer.write(new byte[] {1});
                    peer.connection.flush();
                    peer.connection.end();
                });
                hangUp(device);
                await().until(() -> peer.broken != null);
                try (Socket next = connect()) { // most likely with the same number
                    PairsPeer nextPeer = peer(first + 1);
                    // What the one before still does is not done to this one.
                    loop.execute(() -> {
                        peer.write(new byte[] {66});
                        peer.connection.flush();
                        peer.connection.end();
                    });
                    next.getOutputStream().write(new byte[] {2, 3});
                    await().until(() -> List.of("0203").equals(nextPeer.pairs));
                    nextPeer.connection
                            .loop()
                            .execute(() -> {
                                nextPeer.write(new byte[] {7});
                                nextPeer.connection.flush();
                            });
                    assertEquals(7, next.getInputStream().read());
                    assertEquals(List.of(), peer.pairs);
                }
            }
        }
    }

    @Test
    void whoComesAndGoesByTheHundredLeavesNothing() throws IOException {
        List<Socket> devices = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            Socket device = connect();
            device.getOutputStream().write(new byte[] {1, 2, 3});
            devices.add(device);
        }
        await().until(() -> peers.stream().filter(p -> p.pairs.size() == 1).count() == 300);
        for (int i = 0; i < 300; i++) {
            devices.get(i).setSoLinger(i % 2 == 0, 0);
            hangUp(devices.get(i));
        }
        await().until(() -> sockets.open() == 0);
        assertTrue(peers.stream().allMatch(peer -> peer.broken != null));
    }

    @RepeatedTest(5)
    void whenTheLoopsEndEveryPeerIsToldOnce() throws IOException {
        try (Socket a = connect();
                Socket b = connect()) {
            assertTrue(a.isConnected() && b.isConnected());
            await().until(() -> peers.size() == 2);
            sockets.close();
            assertEquals(-1, a.getInputStream().read());
            assertEquals(0, sockets.open());
            assertTrue(peers.stream().allMatch(peer -> peer.closes.get() == 1));
        }
    }

    @Test
    void aPortThatIsTakenSaysSo() {
        Exception e =
                assertThrows(
                        Exception.class,
                        () ->
                                sockets.listen(
                                        "127.0.0.1", port, Transport.TCP, Peer.each(this::opened)));
        assertTrue(e instanceof IOException || e instanceof UncheckedIOException, e.toString());
    }
}
