package io.lastmile.edge.mqtt;

import io.lastmile.edge.session.Broadcast;
import io.lastmile.edge.session.DeviceHeart;
import io.lastmile.edge.session.Given;
import io.lastmile.wire.hop.HopFrame.Copies;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import org.jspecify.annotations.Nullable;

/**
 * The PUBLISH of a broadcast for all devices of one kind: what differs is the packet id, and what
 * is left of the time to live where one has waited. A long payload is not copied for each of them.
 * Any thread.
 */
final class SharedPublish implements Broadcast.Encoding {
    /** The objects that a shared payload takes for each device are about as large. */
    private static final int SHARED_BYTES_MIN = 512;

    private static final int NOWHERE = -1;

    /** Any one will do: each device's own takes its place. */
    private static final int SOME_PACKET_ID = 1;

    private static final ByteBufAllocator HEAP = new UnpooledByteBufAllocator(false, true);

    private final byte[] head;
    private final byte[] payload;
    private final int packetIdAt;
    private final int expiryAt;

    private SharedPublish(byte[] head, byte[] payload, int packetIdAt, int expiryAt) {
        this.head = head;
        this.payload = payload;
        this.packetIdAt = packetIdAt;
        this.expiryAt = expiryAt;
    }

    /** That for devices of this kind, made by the first who needs it. */
    static SharedPublish of(Given.Copy copy, int level, int topic, boolean acknowledged) {
        Broadcast broadcast = copy.broadcast();
        int qos = acknowledged ? 1 : 0;
        if (broadcast.encoding(topic, level, qos) instanceof SharedPublish made) {
            return made;
        }
        SharedPublish made = make(broadcast.frame(), level, copy.topicName(topic), acknowledged);
        broadcast.keep(topic, level, qos, made);
        return made;
    }

    private static SharedPublish make(Copies frame, int level, String topic, boolean acknowledged) {
        ByteBuf head =
                PacketEncoder.publishHead(
                        HEAP,
                        level,
                        topic,
                        acknowledged ? SOME_PACKET_ID : 0,
                        new PacketEncoder.Content(
                                frame.id(),
                                frame.expiresInMs(),
                                frame.message(),
                                frame.audience().text()));
        try {
            int at = behindCount(head, 1) + 2 + topic.length();
            int packetIdAt = acknowledged ? at : NOWHERE;
            int properties = acknowledged ? at + 2 : at;
            // The first property is the expiry; its code stands before it.
            int expiryAt =
                    level == DeviceHeart.LEVEL_5 ? behindCount(head, properties) + 1 : NOWHERE;
            return new SharedPublish(
                    ByteBufUtil.getBytes(head),
                    frame.message().payload().bytes(),
                    packetIdAt,
                    expiryAt);
        } finally {
            head.release();
        }
    }

    /** Where a variable byte integer ends. */
    private static int behindCount(ByteBuf bytes, int from) {
        int at = from;
        while (bytes.getByte(at) < 0) {
            at++;
        }
        return at + 1;
    }

    /**
     * The packet of one device.
     *
     * @param packetId 0 for QoS 0
     * @param bytesMax the longest packet that the device takes, 0 for any
     * @return null where the packet would be longer
     */
    @Nullable ByteBuf packet(
            ByteBufAllocator buffers, int packetId, long expiresInMs, long bytesMax) {
        int length = head.length + payload.length;
        if (bytesMax > 0 && length > bytesMax) {
            return null;
        }
        boolean shared = payload.length >= SHARED_BYTES_MIN;
        int own = shared ? head.length : length;
        ByteBuf out = buffers.buffer(own, own).writeBytes(head);
        if (packetIdAt != NOWHERE) {
            out.setShort(packetIdAt, packetId);
        }
        if (expiryAt != NOWHERE) {
            out.setInt(expiryAt, PacketEncoder.seconds(expiresInMs));
        }
        return shared
                ? buffers.compositeBuffer(2)
                        .addComponents(true, out, Unpooled.wrappedBuffer(payload))
                : out.writeBytes(payload);
    }
}
