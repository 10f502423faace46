package io.lastmile.process;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lastmile.bench.load.DeviceOptions;
import io.lastmile.bench.load.Devices;
import io.lastmile.wire.DeviceId;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Sockets that say nothing, that stop in the middle of their CONNECT, or that dribble it a byte a
 * second are closed at {@code edge.handshake.deadline}, and a neighbour does not notice. A few in a
 * build; nearly as many as a process may hold with
 *
 * <pre>
 *   -Dlastmile.hostile.sockets=9900
 * </pre>
 */
@Timeout(value = 180, unit = TimeUnit.SECONDS)
class HostileDevicesTest {
    private static final int SOCKETS = Integer.getInteger("lastmile.hostile.sockets", 600);

    /** The default of the edge, and how late its sweep may be. */
    private static final long DEADLINE_MS = 10_000;

    private static final long LATE_MS_MAX = 4_000;
    private static final long NEIGHBOUR_MS_MAX = 5_000;
    private static final int SOURCE_ADDRESSES = 200;
    private static final long DRIBBLE_NS = TimeUnit.SECONDS.toNanos(1);
    private static final byte[] CONNECT = connect("dribbling-phone");

    /** What a socket is up to. */
    private enum Kind {
        SILENT,
        HALF,
        DRIBBLING
    }

    private record Hostile(Kind kind, long openedNs) {}

    private static byte[] connect(String id) {
        ByteBuffer packet = ByteBuffer.allocate(100).put((byte) 0x10);
        packet.put((byte) (13 + id.length())).putShort((short) 4).put("MQTT".getBytes(US_ASCII));
        packet.put((byte) 5).put((byte) 2).putShort((short) 60).put((byte) 0);
        packet.putShort((short) id.length()).put(id.getBytes(US_ASCII));
        return Arrays.copyOf(packet.array(), packet.position());
    }

    @Test
    void theyAreClosedAtTheDeadlineAndANeighbourDoesNotNotice() throws Exception {
        DeviceId device = new DeviceId("neighbour-of-hostile");
        BlockingQueue<Object> arrived = new LinkedBlockingQueue<>();
        try (Devices devices = new Devices(1, arrived::add);
                Selector hostile = Selector.open();
                ExecutorService beside = Executors.newSingleThreadExecutor()) {
            devices.connect(device, DeviceOptions.at(SharedLastmile.devices()))
                    .subscribed()
                    .get(60, TimeUnit.SECONDS);
            Future<List<Long>> closedAfterMs = beside.submit(() -> beHostile(hostile));
            List<Long> neighbourMs = new ArrayList<>();
            while (!closedAfterMs.isDone()) {
                long postedNs = System.nanoTime();
                SharedLastmile.api().accepted(device, "well?");
                assertNotNull(arrived.poll(NEIGHBOUR_MS_MAX, TimeUnit.MILLISECONDS), "neighbour's");
                neighbourMs.add(sinceMs(postedNs));
            }
            List<Long> afterMs = closedAfterMs.get();
            assertEquals(SOCKETS, afterMs.size(), "closed");
            afterMs.sort(null);
            neighbourMs.sort(null);
            System.out.printf(
                    "%d hostile sockets closed after %d to %d ms; neighbour: %d messages, half within %d ms, all within %d ms%n",
                    afterMs.size(),
                    afterMs.getFirst(),
                    afterMs.getLast(),
                    neighbourMs.size(),
                    neighbourMs.get(neighbourMs.size() / 2),
                    neighbourMs.getLast());
            assertTrue(afterMs.getFirst() > DEADLINE_MS - 1_000, "closed too early");
            assertTrue(afterMs.getLast() < DEADLINE_MS + LATE_MS_MAX, "closed too late");
        }
    }

    /** After how long each of them was closed, in ms. */
    private static List<Long> beHostile(Selector selector) throws IOException {
        List<Long> afterMs = new ArrayList<>();
        try {
            for (int i = 0; i < SOCKETS; i++) {
                open(selector, i);
            }
            long startedNs = System.nanoTime();
            int dribbled = 0;
            while (!selector.keys().isEmpty()
                    && sinceMs(startedNs) < DEADLINE_MS + 2 * LATE_MS_MAX) {
                selector.select(100);
                for (SelectionKey key : selector.selectedKeys()) {
                    afterMs.add(sinceMs(((Hostile) key.attachment()).openedNs));
                    key.channel().close();
                }
                selector.selectedKeys().clear();
                if (System.nanoTime() - startedNs > dribbled * DRIBBLE_NS
                        && dribbled < CONNECT.length - 1) {
                    dribble(selector, dribbled++);
                }
                selector.selectNow(); // takes the closed ones out
            }
        } finally {
            for (SelectionKey key : selector.keys()) {
                key.channel().close();
            }
        }
        return afterMs;
    }

    private static void open(Selector selector, int index) throws IOException {
        SocketChannel channel = SocketChannel.open();
        byte[] source = {127, 0, 1, (byte) (2 + index % SOURCE_ADDRESSES)};
        channel.bind(new InetSocketAddress(InetAddress.getByAddress(source), 0));
        channel.connect(SharedLastmile.devices());
        Kind kind = Kind.values()[index % Kind.values().length];
        if (kind == Kind.HALF) {
            channel.write(ByteBuffer.wrap(CONNECT, 0, CONNECT.length / 2));
        }
        channel.configureBlocking(false);
        channel.register(selector, SelectionKey.OP_READ, new Hostile(kind, System.nanoTime()));
    }

    @SuppressWarnings("EmptyCatch") // a socket that was closed meanwhile: the selector will say so
    private static void dribble(Selector selector, int at) {
        for (SelectionKey key : selector.keys()) {
            if (key.isValid() && ((Hostile) key.attachment()).kind == Kind.DRIBBLING) {
                try {
                    ((SocketChannel) key.channel()).write(ByteBuffer.wrap(CONNECT, at, 1));
                } catch (IOException e) {
                    // It was closed meanwhile, which the selector will say.
                }
            }
        }
    }

    private static long sinceMs(long ns) {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - ns);
    }
}
