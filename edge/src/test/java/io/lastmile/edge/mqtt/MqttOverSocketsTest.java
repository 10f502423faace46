package io.lastmile.edge.mqtt;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lastmile.edge.AtOnce;
import io.lastmile.edge.Bugs;
import io.lastmile.edge.Fuzz;
import io.lastmile.edge.auth.Authentication;
import io.lastmile.edge.session.DeviceSettings;
import io.lastmile.edge.session.HoldSettings;
import io.lastmile.edge.session.Life;
import io.lastmile.edge.socket.ArrivalLimits;
import io.lastmile.edge.socket.SocketSettings;
import io.lastmile.edge.socket.Sockets;
import io.lastmile.node.Clock;
import io.lastmile.node.Metrics;
import io.lastmile.wire.Incarnation;
import io.lastmile.wire.Transport;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttMessageBuilders;
import io.netty.handler.codec.mqtt.MqttMessageType;
import io.netty.handler.codec.mqtt.MqttQoS;
import io.netty.handler.codec.mqtt.MqttVersion;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** The protocol over real sockets, of either kind. */
@ParameterizedClass(name = "flat {0}")
@ValueSource(booleans = {true, false})
class MqttOverSocketsTest {
    private static final SocketSettings SETTINGS =
            new SocketSettings(
                    2,
                    128,
                    Duration.ofSeconds(30),
                    65_536,
                    false,
                    new ArrivalLimits(10_000, 1_000, 1_000),
                    null);
    private static final int PARTITIONS = 4;

    private final Clock clock = Clock.system();
    private final Sockets sockets;
    private final AtOnce log = new AtOnce(1);
    private final Devices devices =
            new Devices(
                    new DeviceSettings(
                            16,
                            60_000,
                            65_536,
                            1_200,
                            new DeviceSettings.Connects(1_000, 10_000, 100, 4_096, 1_000),
                            HoldSettings.NOTHING),
                    Life.begin(new Incarnation("edge-1", 7), PARTITIONS),
                    clock,
                    log,
                    () -> true,
                    device -> false,
                    Authentication.NONE,
                    new Metrics());
    private final int port;

    MqttOverSocketsTest(boolean flat) {
        sockets =
                flat
                        ? new Sockets(SETTINGS, clock::nanoTime, new Metrics())
                        : Sockets.onChannels(SETTINGS, clock::nanoTime, new Metrics());
        port = sockets.listen("127.0.0.1", 0, Transport.TCP, devices);
    }

    @AfterEach
    void stop() {
        sockets.close();
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(10_000);
        return socket;
    }

    private static ByteBuf connectAndSubscribe(OtherCodec codec, String device) {
        return Unpooled.wrappedBuffer(
                codec.encode(
                        MqttMessageBuilders.connect()
                                .protocolVersion(MqttVersion.MQTT_5)
                                .clientId(device)
                                .keepAlive(60)
                                .build()),
                codec.encode(
                        MqttMessageBuilders.subscribe()
                                .messageId(1)
                                .addSubscription(MqttQoS.AT_LEAST_ONCE, "inbox/+")
                                .build()));
    }

    /** Reads until so many packets have come. */
    private static List<MqttMessageType> read(Socket socket, OtherCodec codec, int packets)
            throws IOException {
        List<MqttMessageType> types = new ArrayList<>();
        byte[] bytes = new byte[4_096];
        while (types.size() < packets) {
            int length = socket.getInputStream().read(bytes);
            if (length < 0) {
                throw new AssertionError("closed after " + types);
            }
            for (MqttMessage message : codec.decode(Unpooled.copiedBuffer(bytes, 0, length))) {
                types.add(message.fixedHeader().messageType());
            }
        }
        return types;
    }

    @Test
    void packetsCutAnywhereMeanTheSame() throws IOException {
        for (int seed = 0; seed < 40; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            OtherCodec codec = new OtherCodec(MqttVersion.MQTT_5);
            int pings = random.nextInt(1, 200);
            ByteBuf all = Unpooled.buffer();
            all.writeBytes(connectAndSubscribe(codec, "phone-" + seed));
            for (int i = 0; i < pings; i++) {
                all.writeBytes(codec.encode(MqttMessage.PINGREQ));
            }
            byte[] bytes = ByteBufUtil.getBytes(all);
            int pieceMax = random.nextInt(1, 60);
            try (Socket socket = connect()) {
                for (int at = 0; at < bytes.length; ) {
                    int length = Math.min(bytes.length - at, random.nextInt(1, pieceMax + 1));
                    socket.getOutputStream().write(bytes, at, length);
                    at += length;
                }
                List<MqttMessageType> types = read(socket, codec, pings + 2);
                String why = "seed " + seed + ": " + types;
                assertEquals(MqttMessageType.CONNACK, types.getFirst(), why);
                assertEquals(1, types.stream().filter(MqttMessageType.SUBACK::equals).count(), why);
                assertEquals(
                        pings,
                        types.stream().filter(MqttMessageType.PINGRESP::equals).count(),
                        why);
            }
        }
        await().until(() -> devices.size() == 0);
        await().until(() -> devices.life().sessions().size() == 0);
    }

    @Test
    void almostRightPacketsCutAnywhereHurtNobody() throws IOException {
        OtherCodec codec = new OtherCodec(MqttVersion.MQTT_5);
        try (Bugs bugs = Bugs.watch();
                Socket neighbour = connect()) {
            neighbour
                    .getOutputStream()
                    .write(ByteBufUtil.getBytes(connectAndSubscribe(codec, "neighbour")));
            read(neighbour, codec, 2);
            byte[] ping = ByteBufUtil.getBytes(codec.encode(MqttMessage.PINGREQ));
            Fuzz.run(
                    500,
                    MqttFuzzTest.samples(),
                    (bytes, random) -> {
                        sendAndHangUp(bytes, random);
                        assertEquals(List.of(), bugs.found());
                        neighbour.getOutputStream().write(ping);
                        assertEquals(List.of(MqttMessageType.PINGRESP), read(neighbour, codec, 1));
                    });
            await().until(() -> devices.size() == 1);
            await().until(() -> devices.life().sessions().size() == 1);
        }
    }

    /** From many addresses, so that neither ports nor limits by address run out. */
    private void sendAndHangUp(byte[] bytes, SplittableRandom random) throws IOException {
        byte[] from = {127, 1, (byte) random.nextInt(256), (byte) random.nextInt(1, 255)};
        try (Socket socket = new Socket()) {
            socket.bind(new InetSocketAddress(InetAddress.getByAddress(from), 0));
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(10_000);
            for (int at = 0; at < bytes.length; ) {
                int length = Math.min(bytes.length - at, random.nextInt(1, 60));
                socket.getOutputStream().write(bytes, at, length);
                at += length;
            }
            socket.shutdownOutput();
            var _ = socket.getInputStream().readAllBytes(); // the edge closes it too
        } catch (SocketTimeoutException e) {
            throw e; // it hangs
        } catch (SocketException e) {
            return; // the edge closed it before all was sent
        }
    }

    @Test
    void halfAConnectIsClosedAtTheDeadlineAndNobodyElse() throws IOException {
        OtherCodec codec = new OtherCodec(MqttVersion.MQTT_5);
        ByteBuf packets = connectAndSubscribe(codec, "phone-1");
        try (Socket silent = connect();
                Socket half = connect();
                Socket whole = connect()) {
            half.getOutputStream().write(ByteBufUtil.getBytes(packets, 0, 9));
            whole.getOutputStream().write(ByteBufUtil.getBytes(packets));
            read(whole, codec, 2);
            assertEquals(-1, silent.getInputStream().read());
            assertEquals(-1, half.getInputStream().read());
            whole.getOutputStream().write(ByteBufUtil.getBytes(codec.encode(MqttMessage.PINGREQ)));
            assertEquals(List.of(MqttMessageType.PINGRESP), read(whole, codec, 1));
        }
    }

    @Test
    void aNewerConnectionOfTheSameDeviceTakesOver() throws IOException {
        OtherCodec older = new OtherCodec(MqttVersion.MQTT_5);
        OtherCodec newer = new OtherCodec(MqttVersion.MQTT_5);
        try (Socket first = connect();
                Socket second = connect()) {
            first.getOutputStream()
                    .write(ByteBufUtil.getBytes(connectAndSubscribe(older, "phone-1")));
            read(first, older, 2);
            second.getOutputStream()
                    .write(ByteBufUtil.getBytes(connectAndSubscribe(newer, "phone-1")));
            read(second, newer, 2);
            assertEquals(List.of(MqttMessageType.DISCONNECT), read(first, older, 1));
            assertEquals(-1, first.getInputStream().read(), "an orderly end, not a reset");
            await().until(() -> devices.life().sessions().size() == 1);
            assertEquals(1, devices.size());
        }
    }

    @Test
    void aResetEndsTheSessionAsLost() throws IOException {
        OtherCodec codec = new OtherCodec(MqttVersion.MQTT_5);
        Socket socket = connect();
        socket.getOutputStream().write(ByteBufUtil.getBytes(connectAndSubscribe(codec, "phone-1")));
        read(socket, codec, 2);
        socket.setSoLinger(true, 0);
        hangUp(socket);
        await().until(() -> devices.life().sessions().size() == 0);
        assertTrue(
                log.events.getLast().toString().contains("CONNECTION_LOST"), log.events.toString());
    }

    private static void hangUp(Socket socket) throws IOException {
        socket.close();
    }
}
