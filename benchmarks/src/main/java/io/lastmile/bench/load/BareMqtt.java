package io.lastmile.bench.load;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The few bytes of MQTT 5 that a device needs to connect and subscribe, for load clients that hold
 * bare sockets. Both answers are short, so that their length is one byte.
 */
public final class BareMqtt {
    private static final int CONNACK = 0x20;
    private static final int SUBACK = 0x90;
    private static final int HEADER_BYTES = 2;
    private static final int CLIENT_FROM = 12;
    private static final int PUBLISH_HEAD_BYTES_MAX = 9;

    private BareMqtt() {}

    /** CONNECT with clean start and no keep alive, SUBSCRIBE to {@code inbox/+} at QoS 1. */
    public static ByteBuffer connectAndSubscribe(String device) {
        byte[] id = device.getBytes(StandardCharsets.US_ASCII);
        byte[] filter = "inbox/+".getBytes(StandardCharsets.US_ASCII);
        ByteBuffer bytes = ByteBuffer.allocate(15 + id.length + 8 + filter.length);
        bytes.put((byte) 0x10).put((byte) (13 + id.length));
        bytes.putShort((short) 4).put("MQTT".getBytes(StandardCharsets.US_ASCII));
        bytes.put((byte) 5).put((byte) 2).putShort((short) 0).put((byte) 0);
        bytes.putShort((short) id.length).put(id);
        bytes.put((byte) 0x82).put((byte) (6 + filter.length));
        bytes.putShort((short) 1).put((byte) 0);
        bytes.putShort((short) filter.length).put(filter).put((byte) 1);
        return bytes.flip();
    }

    /** The same in MQTT 3.1.1, which every server speaks, to a filter. */
    public static ByteBuffer connectAndSubscribe311(String device, String filter) {
        byte[] name = filter.getBytes(StandardCharsets.US_ASCII);
        ByteBuffer connect = connect311(device);
        ByteBuffer bytes = ByteBuffer.allocate(connect.remaining() + 7 + name.length).put(connect);
        bytes.put((byte) 0x82).put((byte) (5 + name.length)).putShort((short) 1);
        bytes.putShort((short) name.length).put(name).put((byte) 1);
        return bytes.flip();
    }

    /** CONNECT of MQTT 3.1.1 with clean session and no keep alive. */
    public static ByteBuffer connect311(String client) {
        byte[] id = client.getBytes(StandardCharsets.US_ASCII);
        ByteBuffer bytes = ByteBuffer.allocate(14 + id.length);
        bytes.put((byte) 0x10).put((byte) (12 + id.length));
        bytes.putShort((short) 4).put("MQTT".getBytes(StandardCharsets.US_ASCII));
        bytes.put((byte) 4).put((byte) 2).putShort((short) 0);
        bytes.putShort((short) id.length).put(id);
        return bytes.flip();
    }

    /** The client in a {@link #connect311} that these bytes begin with, however they go on. */
    public static String clientOf311(ByteBuffer bytes) {
        byte[] id = new byte[bytes.getShort(CLIENT_FROM)];
        bytes.get(CLIENT_FROM + Short.BYTES, id);
        return new String(id, StandardCharsets.US_ASCII);
    }

    /** PUBLISH at QoS 1, of any version of MQTT before 5. */
    public static byte[] publish311(String topic, int packetId, byte[] payload) {
        byte[] name = topic.getBytes(StandardCharsets.US_ASCII);
        ByteBuffer packet =
                ByteBuffer.allocate(PUBLISH_HEAD_BYTES_MAX + name.length + payload.length);
        packet.put((byte) 0x32);
        int remaining = 2 + name.length + 2 + payload.length;
        for (; remaining > 0x7F; remaining >>>= 7) {
            packet.put((byte) ((remaining & 0x7F) | 0x80));
        }
        packet.put((byte) remaining);
        packet.putShort((short) name.length).put(name).putShort((short) packetId).put(payload);
        return Arrays.copyOf(packet.array(), packet.position());
    }

    /** Reads both answers, which have to say yes. */
    public static void awaitSubscribed(InputStream in) throws IOException {
        for (int expected : new int[] {CONNACK, SUBACK}) {
            int type = in.read();
            int length = in.read();
            byte[] body = in.readNBytes(Math.max(0, length));
            int reason = expected == CONNACK ? 1 : body.length - 1;
            if (type != expected || body.length < 2 || (body[reason] & 0x80) != 0) {
                throw new IOException("not taken: packet type " + type);
            }
        }
    }

    /** What a device has been answered so far. */
    public enum Answered {
        /** More is to come. */
        NOT_YET,
        /** Connected, and nothing of the second answer has come. */
        CONNECTED,
        /** Connected and subscribed. */
        SUBSCRIBED,
        /** Whoever it is, they will not have it. */
        REFUSED
    }

    /**
     * What these bytes answer.
     *
     * @param isConnected whether it was told so before, and they begin with the second answer
     */
    public static Answered answered(byte[] bytes, int length, boolean isConnected) {
        int start = 0;
        if (!isConnected) {
            start = packetEnd(bytes, length, 0);
            if (start < 0) {
                return Answered.NOT_YET;
            }
            if ((bytes[0] & 0xFF) != CONNACK || (bytes[HEADER_BYTES + 1] & 0x80) != 0) {
                return Answered.REFUSED;
            }
            if (start == length) {
                return Answered.CONNECTED;
            }
        }
        int end = packetEnd(bytes, length, start);
        if (end < 0) {
            return Answered.NOT_YET;
        }
        boolean taken = (bytes[start] & 0xFF) == SUBACK && (bytes[end - 1] & 0x80) == 0;
        return taken ? Answered.SUBSCRIBED : Answered.REFUSED;
    }

    /** Behind the packet that begins there; -1 where it is not whole. */
    private static int packetEnd(byte[] bytes, int length, int start) {
        if (length < start + HEADER_BYTES) {
            return -1;
        }
        int end = start + HEADER_BYTES + bytes[start + 1];
        return end <= length ? end : -1;
    }
}
