package io.lastmile.edge.rehearsal;

import io.lastmile.wire.DeviceId;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;

/**
 * A device that waits for every answer. It speaks <a
 * href="https://docs.oasis-open.org/mqtt/mqtt/v3.1.1/">MQTT 3.1.1</a>, section 3; all its packets
 * are shorter than 128 bytes, so that their length is one byte.
 */
final class RehearsalDevice implements AutoCloseable {
    private static final int CONNECT = 0x10;
    private static final int PUBACK = 0x40;
    private static final int SUBSCRIBE = 0x82;
    private static final int DISCONNECT = 0xE0;
    private static final String INBOX = "inbox";

    private final Socket socket;
    private final DataInputStream in;

    /** Opens its socket; it has not said yet who it is. */
    RehearsalDevice(int port) throws IOException {
        socket = LoopbackSocket.open(port);
        in = new DataInputStream(socket.getInputStream());
    }

    /** Connects and subscribes. */
    void connect(DeviceId id) throws IOException {
        send(CONNECT, text("MQTT"), bytes(4, 2, 0, 60), text(id.toString()));
        read();
        send(SUBSCRIBE, bytes(0, 1), text(INBOX), bytes(1));
        read();
    }

    /** Waits for a message and acknowledges it. */
    void takeMessage() throws IOException {
        byte[] publish = read();
        int packetIdAt = 2 + INBOX.length();
        send(PUBACK, bytes(publish[packetIdAt], publish[packetIdAt + 1]));
    }

    /** Says that it goes, and waits until the edge has closed. */
    void leave() throws IOException {
        send(DISCONNECT);
        if (in.read() >= 0) {
            throw new IOException("something came after the end");
        }
    }

    private void send(int type, byte[]... parts) throws IOException {
        ByteArrayOutputStream packet = new ByteArrayOutputStream();
        packet.write(type);
        packet.write(Stream.of(parts).mapToInt(part -> part.length).sum());
        for (byte[] part : parts) {
            packet.write(part);
        }
        packet.writeTo(socket.getOutputStream());
    }

    /** The next packet, without its type and its length. */
    private byte[] read() throws IOException {
        in.readByte();
        byte[] packet = new byte[in.readUnsignedByte()];
        in.readFully(packet);
        return packet;
    }

    private static byte[] text(String text) {
        byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
        byte[] field = new byte[2 + encoded.length];
        field[1] = (byte) encoded.length;
        System.arraycopy(encoded, 0, field, 2, encoded.length);
        return field;
    }

    private static byte[] bytes(int... values) {
        byte[] all = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            all[i] = (byte) values[i];
        }
        return all;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
