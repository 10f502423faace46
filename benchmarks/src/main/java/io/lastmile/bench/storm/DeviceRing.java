package io.lastmile.bench.storm;

import io.lastmile.bench.load.BareMqtt;
import io.lastmile.bench.load.BareMqtt.Answered;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The connections of one thread of the storm, in the order in which they were made: the newest have
 * no answer yet, the older ones are subscribed and say nothing, the oldest is closed. Whatever
 * there is to read has come by the time it is read, so that a connection costs the client a handful
 * of system calls and no look at which are ready.
 */
final class DeviceRing {
    /** Of the ports of one address, so many wait a minute after they were closed. */
    private static final int SOURCE_ADDRESSES = 250;

    private static final int ANSWER_BYTES_MAX = 512;
    private static final int DIGITS = 14;

    private final InetSocketAddress server;
    private final int thread;
    private final StormOptions options;
    private final AtomicInteger named;
    private final Deque<SocketChannel> unanswered = new ArrayDeque<>();
    private final Deque<SocketChannel> connected = new ArrayDeque<>();
    private final Deque<SocketChannel> held = new ArrayDeque<>();
    private final ByteBuffer packets;
    private final int digitsEnd;
    private final ByteBuffer answer = ByteBuffer.allocateDirect(ANSWER_BYTES_MAX);
    private final byte[] answerBytes = new byte[ANSWER_BYTES_MAX];
    private long subscribed;
    private long subscribedInTime;
    private long refused;

    /**
     * No connection yet.
     *
     * @param thread tells its source addresses from those of the others
     * @param named counts the devices of all threads: each comes once
     */
    DeviceRing(InetSocketAddress server, int thread, StormOptions options, AtomicInteger named) {
        this.server = server;
        this.thread = thread;
        this.options = options;
        this.named = named;
        String first = "storm-%014d".formatted(0);
        byte[] bytes = BareMqtt.connectAndSubscribe(first).array();
        digitsEnd = new String(bytes, StandardCharsets.ISO_8859_1).indexOf(first) + first.length();
        packets = ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
    }

    /** Storms until then, and then closes all. */
    DeviceRing until(long untilNs) throws IOException {
        try {
            for (int made = 0; System.nanoTime() < untilNs; made++) {
                unanswered.add(begun(made));
                if (unanswered.size() > options.unanswered()) {
                    awaitConnected();
                }
                if (connected.size() > options.unconfirmed()) {
                    awaitSubscribed();
                }
                if (held.size() > options.held()) {
                    held.remove().close();
                }
            }
            subscribedInTime = subscribed;
            while (!unanswered.isEmpty()) {
                awaitConnected();
            }
            while (!connected.isEmpty()) {
                awaitSubscribed();
            }
        } finally {
            for (Deque<SocketChannel> some : List.of(unanswered, connected, held)) {
                for (SocketChannel channel : some) {
                    channel.close();
                }
            }
        }
        return this;
    }

    long subscribed() {
        return subscribed;
    }

    /** Of them, those before the time was over. */
    long subscribedInTime() {
        return subscribedInTime;
    }

    long refused() {
        return refused;
    }

    private SocketChannel begun(int made) throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.INET);
        byte[] source = {127, 1, (byte) thread, (byte) (2 + made % SOURCE_ADDRESSES)};
        channel.bind(new InetSocketAddress(InetAddress.getByAddress(source), 0));
        channel.connect(server);
        int number = named.incrementAndGet();
        for (int i = 1; i <= DIGITS; i++) {
            packets.put(digitsEnd - i, (byte) ('0' + number % 10));
            number /= 10;
        }
        channel.write(packets.rewind());
        return channel;
    }

    private void awaitConnected() throws IOException {
        SocketChannel channel = unanswered.remove();
        Answered answered = answer(channel, false);
        if (answered == Answered.CONNECTED) {
            connected.add(channel);
        } else {
            finish(channel, answered);
        }
    }

    private void awaitSubscribed() throws IOException {
        SocketChannel channel = connected.remove();
        finish(channel, answer(channel, true));
    }

    private void finish(SocketChannel channel, Answered answered) throws IOException {
        if (answered == Answered.SUBSCRIBED) {
            subscribed++;
            held.add(channel);
        } else {
            refused++;
            channel.close();
        }
    }

    private Answered answer(SocketChannel channel, boolean isConnected) {
        int length = 0;
        while (true) {
            answer.clear().limit(ANSWER_BYTES_MAX - length);
            int read;
            try {
                read = channel.read(answer);
            } catch (IOException e) {
                return Answered.REFUSED; // reset, which is an answer too
            }
            if (read <= 0) {
                return Answered.REFUSED;
            }
            answer.flip().get(answerBytes, length, read);
            length += read;
            Answered answered = BareMqtt.answered(answerBytes, length, isConnected);
            if (answered != Answered.NOT_YET) {
                return answered;
            }
        }
    }
}
