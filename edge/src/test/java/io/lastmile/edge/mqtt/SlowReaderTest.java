package io.lastmile.edge.mqtt;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lastmile.edge.AtOnce;
import io.lastmile.edge.auth.Authentication;
import io.lastmile.edge.session.DeviceSettings;
import io.lastmile.edge.session.HoldSettings;
import io.lastmile.edge.session.Life;
import io.lastmile.edge.session.Session;
import io.lastmile.edge.socket.ArrivalLimits;
import io.lastmile.edge.socket.CertificateFiles;
import io.lastmile.edge.socket.Connection;
import io.lastmile.edge.socket.SocketSettings;
import io.lastmile.edge.socket.Sockets;
import io.lastmile.edge.socket.TlsSettings;
import io.lastmile.node.Clock;
import io.lastmile.node.Metrics;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.Incarnation;
import io.lastmile.wire.Partitions;
import io.lastmile.wire.Transport;
import io.lastmile.wire.record.EventRecord;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.mqtt.MqttMessageBuilders;
import io.netty.handler.codec.mqtt.MqttQoS;
import io.netty.handler.codec.mqtt.MqttVersion;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A device with a small receive buffer that reads no further before the edge has heard what it
 * said: each message comes once, whatever waits behind it.
 */
class SlowReaderTest {
    private static final int PARTITIONS = 4;
    private static final int MESSAGES = 16;

    /** All of them together are more than the kernel takes. */
    private static final String PAYLOAD = "x".repeat(1 << 20);

    private static final Duration LONG = Duration.ofSeconds(60);
    private static final int PUBLISH = 3;
    private static final int PINGRESP = 13;

    @TempDir private Path folder;

    private final AtOnce log = new AtOnce(1);
    private final Devices devices =
            new Devices(
                    new DeviceSettings(
                            16,
                            60_000,
                            65_536,
                            60,
                            new DeviceSettings.Connects(1_000, 10_000, 100, 4_096, 60_000),
                            HoldSettings.NOTHING),
                    Life.begin(new Incarnation("edge-1", 7), PARTITIONS),
                    Clock.system(),
                    log,
                    () -> true,
                    device -> false,
                    Authentication.NONE,
                    new Metrics());

    @ParameterizedTest
    @EnumSource(names = {"TCP", "TLS", "WEBSOCKET"})
    void eachMessageComesOnceAndIsSettled(Transport transport) throws Exception {
        CertificateFiles edge = CertificateFiles.make(folder, "edge");
        Path certificate = folder.resolve("edge.pem");
        Path key = folder.resolve("edge.key");
        edge.write(certificate, key);
        SocketSettings settings =
                new SocketSettings(
                        1,
                        128,
                        LONG,
                        65_536,
                        false,
                        new ArrivalLimits(1_000, 1_000, 1_000),
                        new TlsSettings(certificate, key, null));
        try (Sockets sockets = new Sockets(settings, System::nanoTime, new Metrics());
                Socket socket =
                        connect(
                                sockets.listen("127.0.0.1", 0, transport, devices),
                                transport == Transport.TLS ? edge : null)) {
            Wire wire = new Wire(socket, transport == Transport.WEBSOCKET);
            subscribe(wire);
            give();
            List<Integer> packetIds = new ArrayList<>();
            int answers = 0;
            boolean overtaken = false;
            wire.send(0xC0, 0);
            while (packetIds.size() < MESSAGES || answers == 0) {
                int type = wire.readPacket();
                if (type == PINGRESP) {
                    answers++;
                    overtaken = packetIds.size() < MESSAGES;
                } else if (type == PUBLISH) {
                    int packetId = wire.packetId();
                    packetIds.add(packetId);
                    wire.send(0x40, 2, packetId >> 8, packetId & 0xff);
                    await().until(() -> acknowledged() == packetIds.size());
                }
            }
            assertEquals(MESSAGES, packetIds.stream().distinct().count(), packetIds.toString());
            assertTrue(overtaken, "the answer came before the last message");
            assertEquals(1, devices.size(), "it is still connected");
        }
    }

    private long acknowledged() {
        return log.events.stream()
                .filter(EventRecord.Acked.class::isInstance)
                .mapToInt(event -> ((EventRecord.Acked) event).acks().size())
                .sum();
    }

    private static Socket connect(int port, @Nullable CertificateFiles tls) throws Exception {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(16_384);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(30_000);
        return tls == null
                ? socket
                : tls.client(tls).getSocketFactory().createSocket(socket, "127.0.0.1", port, true);
    }

    private static void subscribe(Wire wire) throws IOException {
        OtherCodec codec = new OtherCodec(MqttVersion.MQTT_3_1_1);
        wire.send(
                ByteBufUtil.getBytes(
                        codec.encode(
                                MqttMessageBuilders.connect()
                                        .protocolVersion(MqttVersion.MQTT_3_1_1)
                                        .clientId("phone-1")
                                        .keepAlive(60)
                                        .build())));
        wire.send(
                ByteBufUtil.getBytes(
                        codec.encode(
                                MqttMessageBuilders.subscribe()
                                        .messageId(1)
                                        .addSubscription(MqttQoS.AT_LEAST_ONCE, "inbox")
                                        .build())));
        assertEquals(2, wire.readPacket());
        assertEquals(9, wire.readPacket());
    }

    private void give() {
        int partition = Partitions.of(new DeviceId("phone-1"), PARTITIONS);
        Session session = devices.life().sessions().inPartition(partition).iterator().next();
        Connection.of(session.heart().link())
                .loop()
                .execute(() -> {
                    for (int offset = 0; offset < MESSAGES; offset++) {
                        var _ =
                                session.heart()
                                        .take(
                                                session,
                                                MqttWorld.deliver(session, offset, PAYLOAD),
                                                Clock.system().nowMs());
                    }
                    session.heart().flush(Clock.system().nowMs());
                });
    }

    /** The device's end: MQTT as it is, or in WebSocket frames. */
    private static final class Wire {
        private final Socket socket;
        private final boolean frames;
        private final DataInputStream in;
        private byte[] body = new byte[0];

        Wire(Socket socket, boolean frames) throws IOException {
            this.socket = socket;
            this.frames = frames;
            if (frames) {
                upgrade();
            }
            InputStream bytes = socket.getInputStream();
            in = new DataInputStream(frames ? new Unframed(new DataInputStream(bytes)) : bytes);
        }

        private void upgrade() throws IOException {
            String request =
                    """
                    GET /mqtt HTTP/1.1
                    Host: edge
                    Upgrade: websocket
                    Connection: Upgrade
                    Sec-WebSocket-Version: 13
                    Sec-WebSocket-Protocol: mqtt
                    Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==

                    """;
            byte[] head = request.replace("\n", "\r\n").getBytes(StandardCharsets.US_ASCII);
            socket.getOutputStream().write(head);
            ByteArrayOutputStream answer = new ByteArrayOutputStream();
            while (!answer.toString(StandardCharsets.US_ASCII).endsWith("\r\n\r\n")) {
                answer.write(socket.getInputStream().read());
            }
        }

        void send(int... packet) throws IOException {
            byte[] bytes = new byte[packet.length];
            for (int i = 0; i < packet.length; i++) {
                bytes[i] = (byte) packet[i];
            }
            send(bytes);
        }

        void send(byte[] packet) throws IOException {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            if (frames) { // masked with zeros
                out.write(new byte[] {(byte) 0x82, (byte) (0x80 | packet.length), 0, 0, 0, 0});
            }
            out.write(packet);
            socket.getOutputStream().write(out.toByteArray());
            socket.getOutputStream().flush();
        }

        /** Its type. */
        int readPacket() throws IOException {
            int head = in.readUnsignedByte();
            int length = 0;
            for (int shift = 0; ; shift += 7) {
                int part = in.readUnsignedByte();
                length |= (part & 0x7f) << shift;
                if (part < 0x80) {
                    break;
                }
            }
            body = new byte[length];
            in.readFully(body);
            return head >> 4;
        }

        /** Of the PUBLISH that was read. */
        int packetId() {
            int at = 2 + ((body[0] & 0xff) << 8 | (body[1] & 0xff));
            return (body[at] & 0xff) << 8 | (body[at + 1] & 0xff);
        }
    }

    /** What is in the frames of a WebSocket. */
    private static final class Unframed extends InputStream {
        private final DataInputStream frames;
        private long left;

        Unframed(DataInputStream frames) {
            this.frames = frames;
        }

        @Override
        public int read() throws IOException {
            nextFrame();
            left--;
            return frames.readUnsignedByte();
        }

        @Override
        public int read(byte[] bytes, int from, int length) throws IOException {
            nextFrame();
            int taken = frames.read(bytes, from, (int) Math.min(left, length));
            left -= Math.max(0, taken);
            return taken;
        }

        private void nextFrame() throws IOException {
            while (left == 0) {
                if ((frames.readUnsignedByte() & 15) == 8) {
                    throw new EOFException("closed by the edge");
                }
                int length = frames.readUnsignedByte();
                left =
                        length == 127
                                ? frames.readLong()
                                : length == 126 ? frames.readUnsignedShort() : length;
            }
        }
    }
}
