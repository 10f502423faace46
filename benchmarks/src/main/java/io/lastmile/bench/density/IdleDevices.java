package io.lastmile.bench.density;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * MQTT 5 devices that connect, subscribe and then say nothing: a socket each and nothing else, from
 * several loopback addresses. One thread.
 */
final class IdleDevices implements Crowd {
    private static final int AT_ONCE = 256;
    private static final int SOURCE_ADDRESSES = 8;
    private static final int ANSWER_MS_MAX = 30_000;
    private static final int CONNACK = 0x20;
    private static final int SUBACK = 0x90;

    private final InetSocketAddress edge;
    private final Selector selector = Selector.open();
    private final List<SocketChannel> open = new ArrayList<>();

    IdleDevices(InetSocketAddress edge) throws IOException {
        this.edge = edge;
    }

    @Override
    public void growTo(int count) throws IOException {
        while (open.size() < count) {
            int first = open.size();
            int last = Math.min(count, first + AT_ONCE);
            for (int i = first; i < last; i++) {
                open.add(begun(i));
            }
            for (SocketChannel channel : open.subList(first, last)) {
                // A channel's own read knows no time-out.
                awaitSubscribed(channel.socket().getInputStream());
                // Known to an epoll as the edge's end is, so that both ends cost the kernel alike.
                channel.configureBlocking(false);
                channel.register(selector, SelectionKey.OP_READ);
            }
        }
        if (selector.selectNow() > 0) {
            throw new IOException("an idle device was sent something, or was closed");
        }
    }

    private SocketChannel begun(int index) throws IOException {
        SocketChannel channel = SocketChannel.open();
        byte[] source = {127, 0, 0, (byte) (2 + index % SOURCE_ADDRESSES)};
        channel.bind(new InetSocketAddress(InetAddress.getByAddress(source), 0));
        channel.socket().setSoTimeout(ANSWER_MS_MAX);
        channel.connect(edge);
        channel.write(connectAndSubscribe(String.format("density-%012d", index)));
        return channel;
    }

    /** CONNECT with clean start and no keep alive, SUBSCRIBE to {@code inbox/+} at QoS 1. */
    static ByteBuffer connectAndSubscribe(String device) {
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

    static void awaitSubscribed(InputStream in) throws IOException {
        for (int expected : new int[] {CONNACK, SUBACK}) {
            int type = in.read();
            int length = in.read(); // one byte: both packets are short
            byte[] body = in.readNBytes(Math.max(0, length));
            int reason = expected == CONNACK ? 1 : body.length - 1;
            if (type != expected || body.length < 2 || (body[reason] & 0x80) != 0) {
                throw new IOException("not taken: packet type " + type);
            }
        }
    }

    @Override
    public void close() throws IOException {
        for (SocketChannel channel : open) {
            channel.close();
        }
        open.clear();
        selector.close(); // it holds the descriptors of closed channels until it looks again
    }
}
