package io.lastmile.edge.socket;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lastmile.node.Metrics;
import io.lastmile.wire.Transport;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** Too many who connect and say nothing. */
@ParameterizedClass(name = "flat {0}")
@ValueSource(booleans = {true, false})
class ArrivalLimitsTest {
    private static final ArrivalLimits LIMITS = new ArrivalLimits(100_000, 40, 30);
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final SocketSettings SETTINGS =
            new SocketSettings(2, 128, LONG, 65_536, false, LIMITS, null);

    private final Metrics metrics = new Metrics();
    private final Sockets sockets;
    private final List<Silent> peers = new CopyOnWriteArrayList<>();
    private final int port;

    ArrivalLimitsTest(boolean flat) {
        sockets =
                flat
                        ? new Sockets(SETTINGS, System::nanoTime, metrics)
                        : Sockets.onChannels(SETTINGS, System::nanoTime, metrics);
        port =
                sockets.listen(
                        "127.0.0.1",
                        0,
                        Transport.TCP,
                        Peer.each(connection -> {
                            Silent peer = new Silent(connection, new AtomicInteger());
                            peers.add(peer);
                            return peer;
                        }));
    }

    @AfterEach
    void stop() {
        sockets.close();
    }

    private record Silent(Connection connection, AtomicInteger bytes) implements Peer {
        @Override
        public void received(ByteBuf received) {
            bytes.addAndGet(received.readableBytes());
            received.skipBytes(received.readableBytes());
        }

        @Override
        public void flushed() {}

        @Override
        public void swept(long nanoTime) {}

        @Override
        public void stalled() {}

        @Override
        public void closed(boolean broken) {}
    }

    @Test
    void tooManyOfOneAddressThatSayNothingAreClosedAndOneWhoArrivedMakesRoom() throws IOException {
        List<Socket> silent = new ArrayList<>();
        try {
            for (int i = 0; i < LIMITS.arrivingOfOriginMax(); i++) {
                silent.add(connectFrom("127.0.0.1"));
            }
            await().until(() -> peers.size() == LIMITS.arrivingOfOriginMax());
            try (Socket oneMore = connectFrom("127.0.0.1")) {
                assertEquals(-1, endOf(oneMore), "closed at once");
            }
            assertTrue(
                    metrics.scrape().contains("{reason=\"too many of one address\"} 1"),
                    metrics.scrape());
            Connection first = peers.getFirst().connection;
            first.loop().execute(first::arrived);
            await().until(() -> metrics.scrape().contains("lastmile_edge_arriving_connections 29"));
            try (Socket next = connectFrom("127.0.0.1")) {
                next.getOutputStream().write(new byte[] {1, 2});
                await().until(() -> heardFrom() == 1);
            }
        } finally {
            for (Socket socket : silent) {
                socket.close();
            }
        }
    }

    @Test
    void whoComesWhileTooManyArriveIsServedWhenOneOfThemHasArrived() throws IOException {
        List<Socket> silent = new ArrayList<>();
        try {
            for (int i = 0; i < LIMITS.arrivingMax(); i++) {
                silent.add(connectFrom("127.0.1." + (1 + i / 20)));
            }
            await().until(() -> peers.size() == LIMITS.arrivingMax());
            Socket late = connectFrom("127.0.2.1"); // the kernel has it
            silent.add(late);
            late.getOutputStream().write(new byte[] {1, 2});
            await().until(() ->
                    metrics.scrape().matches("(?s).*\\{reason=\"too many arriving\"\\} [1-9].*"));
            silent.getFirst().close();
            await().until(() -> heardFrom() == 1);
        } finally {
            for (Socket socket : silent) {
                socket.close();
            }
        }
    }

    private long heardFrom() {
        return peers.stream().filter(peer -> peer.bytes.get() > 0).count();
    }

    private Socket connectFrom(String address) throws IOException {
        return new Socket(
                InetAddress.getLoopbackAddress(), port, InetAddress.getByName(address), 0);
    }

    private static int endOf(Socket socket) throws IOException {
        try {
            return socket.getInputStream().read();
        } catch (SocketException e) { // a reset is an end too
            return -1;
        }
    }
}
