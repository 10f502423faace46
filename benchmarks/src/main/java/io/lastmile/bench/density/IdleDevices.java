package io.lastmile.bench.density;

import io.lastmile.bench.load.BareMqtt;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
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
                BareMqtt.awaitSubscribed(channel.socket().getInputStream());
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
        channel.write(BareMqtt.connectAndSubscribe(String.format("density-%012d", index)));
        return channel;
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
