// Long because one server and its sockets serve the tests of all kinds of frames.
package io.lastmile.edge.hop;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lastmile.edge.AtOnce;
import io.lastmile.edge.auth.Authentication;
import io.lastmile.edge.mqtt.Devices;
import io.lastmile.edge.session.DeviceSettings;
import io.lastmile.edge.session.HoldSettings;
import io.lastmile.edge.session.Life;
import io.lastmile.edge.socket.ArrivalLimits;
import io.lastmile.edge.socket.SocketSettings;
import io.lastmile.edge.socket.Sockets;
import io.lastmile.node.Clock;
import io.lastmile.node.HopSecret;
import io.lastmile.node.Metrics;
import io.lastmile.wire.Audience;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.EndReason;
import io.lastmile.wire.Incarnation;
import io.lastmile.wire.Message;
import io.lastmile.wire.MessageId;
import io.lastmile.wire.Payload;
import io.lastmile.wire.Transport;
import io.lastmile.wire.hop.HopFrame;
import io.lastmile.wire.hop.HopFrame.Announce;
import io.lastmile.wire.hop.HopFrame.CloseSession;
import io.lastmile.wire.hop.HopFrame.Copies;
import io.lastmile.wire.hop.HopFrame.Deliver;
import io.lastmile.wire.hop.HopFrame.HeldSession;
import io.lastmile.wire.hop.HopFrame.NotHere;
import io.lastmile.wire.hop.HopFrame.Own;
import io.lastmile.wire.hop.HopFrame.Ping;
import io.lastmile.wire.hop.HopFrame.Pong;
import io.lastmile.wire.hop.HopFrame.Recipient;
import io.lastmile.wire.hop.HopFrame.Sessions;
import io.lastmile.wire.record.BroadcastRecord;
import io.lastmile.wire.record.EventRecord.Ended;
import io.lastmile.wire.record.EventRecord.Opened;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HopServerTest {
    private static final String SECRET = "correct horse";
    private static final String PREVIOUS = "battery staple";
    private static final DeviceId DEVICE = new DeviceId("phone-1");
    private static final Duration LONG = Duration.ofSeconds(30);

    private final AtOnce log = new AtOnce(500);
    private final Sockets sockets =
            new Sockets(
                    new SocketSettings(
                            2,
                            128,
                            LONG,
                            65_536,
                            false,
                            new ArrivalLimits(10_000, 1_000, 1_000),
                            null),
                    Clock.system()::nanoTime,
                    new Metrics());
    private final Devices devices =
            new Devices(
                    new DeviceSettings(
                            16,
                            LONG.toMillis(),
                            4_096,
                            (int) LONG.toSeconds(),
                            new DeviceSettings.Connects(100, 10_000, 100, 4_096, LONG.toMillis()),
                            HoldSettings.NOTHING),
                    Life.begin(new Incarnation("edge-1", 7), 1),
                    Clock.system(),
                    log,
                    () -> true,
                    device -> false,
                    Authentication.NONE,
                    new Metrics());
    private final int mqttPort = sockets.listen("127.0.0.1", 0, Transport.TCP, devices);
    private volatile Consumer<LongConsumer> ends = action -> action.accept(Long.MAX_VALUE);
    private HopServer server = server(LONG, LONG);

    private HopServer server(Duration handshakeDeadline, Duration silenceMax) {
        return new HopServer(
                new HopSettings(
                        "127.0.0.1",
                        0,
                        new HopSecret(SECRET, PREVIOUS),
                        handshakeDeadline,
                        silenceMax,
                        null),
                devices::life,
                sockets.eventLoops(),
                (partition, action) -> ends.accept(action),
                Clock.system(),
                new Metrics());
    }

    @AfterEach
    void stop() {
        server.close();
        sockets.close();
    }

    private RouterEnd open(String name) throws IOException {
        return RouterEnd.open(server.port(), name, 1, SECRET);
    }

    /** A subscribed device: MQTT 3.1.1 by hand. */
    private Socket device() throws IOException {
        return device("phone-1");
    }

    /** One with an id of seven characters. */
    private Socket device(String id) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), mqttPort);
        socket.setSoTimeout(5_000);
        byte[] connect = {0x10, 19, 0, 4, 'M', 'Q', 'T', 'T', 4, 2, 0, 0, 0, 7};
        byte[] subscribe = {(byte) 0x82, 10, 0, 1, 0, 5, 'i', 'n', 'b', 'o', 'x', 1};
        socket.getOutputStream().write(connect);
        socket.getOutputStream().write(id.getBytes(StandardCharsets.US_ASCII));
        socket.getOutputStream().write(subscribe);
        byte[] answers = new DataInputStream(socket.getInputStream()).readNBytes(4 + 5);
        assertEquals(0x90, answers[4] & 0xff, "SUBACK");
        return socket;
    }

    private static Deliver deliver(long epoch, long session, long offset, String payload) {
        return new Deliver(
                0,
                epoch,
                session,
                offset,
                new MessageId(0, offset),
                60_000,
                Message.plain(DEVICE, Payload.ofText(payload)));
    }

    /** The payload of the next PUBLISH to {@code inbox}, as short as these are. */
    private static String received(Socket device) throws IOException {
        DataInputStream in = new DataInputStream(device.getInputStream());
        assertEquals(0x32, in.readUnsignedByte());
        byte[] body = in.readNBytes(in.readUnsignedByte());
        int payload = 2 + 5 + 2;
        return new String(body, payload, body.length - payload, StandardCharsets.UTF_8);
    }

    @Test
    void bothEndsShowThatTheyKnowTheSecret() throws IOException {
        try (RouterEnd router = open("router-1")) {
            assertEquals(new Incarnation("edge-1", 7), router.challenge.edge());
            router.send(new Ping(9, true));
            assertEquals(new Pong(9), router.read());
            assertEquals(1, server.routers());
            assertTrue(server.routersReachKafka());
        }
        await().until(() -> server.routers() == 0);
    }

    @Test
    void whoDoesNotKnowTheSecretIsClosed() throws IOException {
        try (RouterEnd router = new RouterEnd(server.port(), "router-1", 1)) {
            router.hello(HopFrame.VERSION, "wrong horse");
            assertTrue(router.isClosedByEdge());
        }
        assertEquals(0, server.routers());
    }

    @Test
    void thePreviousSecretIsTakenWhileItIsChanged() throws IOException {
        try (RouterEnd router = RouterEnd.open(server.port(), "router-1", 1, PREVIOUS)) {
            router.send(new Own(0, 1, 1));
            assertEquals(1, server.routers(), "and proves that it knows that one, too");
        }
    }

    @Test
    void anEpochBeyondTheEndOfTheLogIsNoClaim() throws IOException {
        ends = action -> action.accept(101);
        try (RouterEnd liar = open("router-2")) {
            liar.send(new Own(0, 101, 1));
            assertTrue(liar.isClosedByEdge());
        }
        try (RouterEnd owner = open("router-1")) {
            owner.send(new Own(0, 100, 1));
            assertFalse(((Sessions) owner.read()).refused());
        }
    }

    @Test
    void aClaimWaitsForKafkaAndIsTakenWhenThatTells() throws Exception {
        BlockingQueue<LongConsumer> asked = new LinkedBlockingQueue<>();
        ends = asked::add;
        try (RouterEnd owner = open("router-1")) {
            owner.send(new Own(0, 100, 1));
            LongConsumer first = asked.poll(10, TimeUnit.SECONDS);
            owner.send(new Ping(9, true));
            assertEquals(new Pong(9), owner.read(), "nobody else waits meanwhile");
            owner.send(new Own(0, 102, 2)); // it has claimed again: only this one is answered
            owner.send(new Ping(10, true));
            assertEquals(new Pong(10), owner.read());
            assertTrue(asked.isEmpty(), "one question of a partition at a time");
            Objects.requireNonNull(first).accept(InboxEnds.UNKNOWN);
            Objects.requireNonNull(asked.poll(10, TimeUnit.SECONDS)).accept(102); // a stale leader
            Objects.requireNonNull(asked.poll(10, TimeUnit.SECONDS)).accept(103);
            Sessions answer = (Sessions) owner.read();
            assertEquals(2, answer.exchange());
            owner.send(new Own(0, 102, 3));
            assertEquals(3, ((Sessions) owner.read()).exchange());
            assertTrue(asked.isEmpty(), "a known epoch is not looked at again");
        }
    }

    @Test
    void whoSpeaksAnotherVersionIsClosed() throws IOException {
        try (RouterEnd router = new RouterEnd(server.port(), "router-1", 1)) {
            router.hello(HopFrame.VERSION + 1, SECRET);
            assertTrue(router.isClosedByEdge());
        }
    }

    @Test
    void nothingIsSaidBeforeTheHandshake() throws IOException {
        try (RouterEnd router = new RouterEnd(server.port(), "router-1", 1)) {
            router.send(new Own(0, 1, 1));
            assertTrue(router.isClosedByEdge());
        }
        assertEquals(-1, devices.life().ownership().epoch(0));
        try (RouterEnd router = new RouterEnd(server.port(), "router-1", 1)) {
            router.sendRaw(ByteBuffer.allocate(4).putInt(1_025).array());
            assertTrue(router.isClosedByEdge(), "too long for a Hello");
        }
    }

    @Test
    void nonsenseClosesTheHop() throws IOException {
        try (RouterEnd router = open("router-1")) {
            router.sendRaw(new byte[] {0, 0, 0, 1, 99});
            assertTrue(router.isClosedByEdge());
        }
        try (RouterEnd router = open("router-1")) {
            router.send(new Own(1, 1, 1));
            assertTrue(router.isClosedByEdge(), "there is only partition 0");
        }
    }

    @Test
    void whoSaysNothingIsClosed() throws IOException {
        server.close();
        server = server(Duration.ofMillis(100), LONG);
        try (RouterEnd router = new RouterEnd(server.port(), "router-1", 1)) {
            assertTrue(router.isClosedByEdge(), "no Hello");
        }
        server.close();
        server = server(LONG, Duration.ofMillis(100));
        try (RouterEnd router = open("router-1")) {
            assertTrue(router.isClosedByEdge(), "no ping");
        }
    }

    @Test
    void aRouterHasOneConnection() throws IOException {
        try (RouterEnd older = open("router-1");
                RouterEnd newer = open("router-1")) {
            assertTrue(older.isClosedByEdge());
            newer.send(new Ping(1, true));
            assertEquals(new Pong(1), newer.read());
            assertEquals(1, server.routers());
        }
    }

    @Test
    void theOwnerIsToldOfSessionsAndReachesThem() throws IOException {
        try (Socket phone = device();
                RouterEnd router = open("router-1")) {
            router.send(new Own(0, 10, 1));
            assertEquals(
                    new Sessions(
                            0, 10, 1, false, 1, true, List.of(new HeldSession(DEVICE, 1, 500, -1))),
                    router.read());
            router.send(deliver(10, 1, 70, "a"));
            router.send(deliver(10, 1, 70, "a again"));
            router.send(deliver(10, 1, 71, "b"));
            assertEquals("a", received(phone));
            assertEquals("b", received(phone));
            router.send(new Own(0, 10, 2));
            Sessions sessions = (Sessions) router.read();
            assertEquals(List.of(new HeldSession(DEVICE, 1, 500, 71)), sessions.sessions());
            router.send(new Announce(0, 10, 1));
            await().until(() -> log.events.size() == 2);
            assertEquals(500, ((Opened) log.events.getLast()).firstOpened());
        }
    }

    @Test
    void aFormerOwnerReachesNobody() throws IOException {
        try (Socket phone = device();
                RouterEnd former = open("router-1");
                RouterEnd owner = open("router-2")) {
            former.send(new Own(0, 10, 1));
            former.read();
            owner.send(new Own(0, 20, 1));
            owner.read();
            former.send(deliver(10, 1, 70, "late"));
            former.send(deliver(20, 1, 71, "with a guessed epoch"));
            former.send(deliver(10, 99, 70, "not even told that it is not here"));
            former.send(new CloseSession(0, 10, 1, EndReason.SLOW));
            former.send(new Own(0, 10, 2));
            assertEquals(new Sessions(0, 20, 2, true, 1, true, List.of()), former.read());
            owner.send(deliver(20, 1, 72, "right"));
            assertEquals("right", received(phone));
        }
    }

    @Test
    void framesOfAnOlderConnectionDoNotCount() throws IOException {
        try (Socket phone = device();
                RouterEnd older = open("router-1")) {
            older.send(new Own(0, 10, 1));
            older.read();
            try (RouterEnd newer = open("router-1-made-anew")) {
                newer.send(new Own(0, 10, 1));
                newer.read();
                older.send(deliver(10, 1, 70, "late"));
                older.send(new Ping(1, true));
                assertInstanceOf(Pong.class, older.read());
                newer.send(deliver(10, 1, 71, "right"));
                assertEquals("right", received(phone));
            }
        }
    }

    @Test
    void whatIsNotHereIsToldSo() throws IOException {
        try (RouterEnd router = open("router-1")) {
            router.send(new Own(0, 10, 1));
            router.read();
            router.send(deliver(10, 5, 70, "a"));
            assertEquals(new NotHere(0, 10, 5, 70), router.read());
        }
    }

    private static Copies copies(long epoch, long offset, String payload, Recipient... to) {
        return new Copies(
                0,
                epoch,
                offset,
                new MessageId(0, offset),
                60_000,
                Audience.parse("news"),
                Message.plain(BroadcastRecord.ADDRESSEE, Payload.ofText(payload)),
                List.of(to));
    }

    @Test
    void aBroadcastReachesItsRecipientsInOneFrame() throws IOException {
        try (Socket phone = device("phone-1");
                Socket other = device("phone-2");
                RouterEnd router = open("router-1")) {
            router.send(new Own(0, 10, 1));
            router.read();
            router.send(deliver(10, 1, 70, "a"));
            router.send(
                    copies(
                            10,
                            71,
                            "b",
                            new Recipient(1, 5),
                            new Recipient(2, 6),
                            new Recipient(99, 7)));
            router.send(deliver(10, 1, 72, "c"));
            assertEquals(new NotHere(0, 10, 99, 71), router.read());
            assertEquals("a", received(phone));
            assertEquals("b", received(phone), "in its place among the device's own");
            assertEquals("c", received(phone));
            assertEquals("b", received(other));
            router.send(copies(10, 71, "b again", new Recipient(1, 5)));
            router.send(deliver(10, 1, 73, "d"));
            assertEquals("d", received(phone), "a copy comes once");
        }
    }

    @Test
    void aFormerOwnersBroadcastReachesNobody() throws IOException {
        try (Socket phone = device();
                RouterEnd former = open("router-1");
                RouterEnd owner = open("router-2")) {
            former.send(new Own(0, 10, 1));
            former.read();
            owner.send(new Own(0, 20, 1));
            owner.read();
            former.send(copies(10, 70, "late", new Recipient(1, 5), new Recipient(99, 7)));
            former.send(copies(20, 71, "with a guessed epoch", new Recipient(1, 5)));
            former.send(new Ping(9, true));
            assertEquals(new Pong(9), former.read(), "not even told that it is not here");
            owner.send(copies(20, 72, "right", new Recipient(1, 5)));
            assertEquals("right", received(phone));
        }
    }

    @Test
    void theOwnerClosesASession() throws IOException {
        try (Socket phone = device();
                RouterEnd router = open("router-1")) {
            router.send(new Own(0, 10, 1));
            router.read();
            router.send(new CloseSession(0, 10, 1, EndReason.TAKEN_OVER));
            assertEquals(-1, phone.getInputStream().read());
            await().until(() -> devices.life().sessions().size() == 0);
            assertEquals(EndReason.TAKEN_OVER, ((Ended) log.events.getLast()).reason());
        }
    }

    @Test
    void aNewIncarnationMakesAllHopsAnew() throws IOException {
        try (RouterEnd router = open("router-1")) {
            devices.begin(Life.begin(new Incarnation("edge-1", 8), 1));
            server.restart();
            assertTrue(router.isClosedByEdge());
        }
        try (RouterEnd router = open("router-1")) {
            assertEquals(8, router.challenge.edge().number());
        }
    }
}
