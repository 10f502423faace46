package io.lastmile.bench.load;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A thread's share of devices: it reads what they are sent, and acknowledges. */
final class AckingLoop implements AutoCloseable {
    private static final int BUFFER_BYTES = 64 << 10;
    private static final int PUBLISH_QOS1 = 0x32;
    private static final int TYPE_AND_QOS = 0xF6;
    private static final byte[] NOTHING = {};
    private static final Duration CLOSED_WITHIN = Duration.ofSeconds(10);

    private final AckingDevices.Given given;
    private final Selector selector = Selector.open();
    private final List<SocketChannel> channels = new ArrayList<>();
    private final ByteBuffer in = ByteBuffer.allocateDirect(BUFFER_BYTES);
    private final ByteBuffer acks = ByteBuffer.allocateDirect(BUFFER_BYTES);
    private final Thread thread = Thread.ofPlatform().name("devices").daemon().unstarted(this::run);
    private byte[] bytes = new byte[2 * BUFFER_BYTES];
    private volatile boolean closed;

    /** A device, and the beginning of a packet whose end has not come yet. */
    private static final class Device {
        private final int number;
        private byte[] begun = NOTHING;

        private Device(int number) {
            this.number = number;
        }
    }

    AckingLoop(AckingDevices.Given given) throws IOException {
        this.given = given;
    }

    /** Closes it in the end. */
    void owns(SocketChannel channel) {
        channels.add(channel);
    }

    /** A subscribed device. */
    void register(int device, SocketChannel channel) throws IOException {
        channel.configureBlocking(false);
        channel.register(selector, SelectionKey.OP_READ, new Device(device));
    }

    void start() {
        thread.start();
    }

    private void run() {
        try {
            while (!closed) {
                selector.select(this::ready);
            }
        } catch (IOException | UncheckedIOException | ClosedSelectorException e) {
            if (!closed) {
                throw new IllegalStateException("devices fail", e);
            }
        }
    }

    private void ready(SelectionKey key) {
        try {
            Device device = (Device) key.attachment();
            SocketChannel channel = (SocketChannel) key.channel();
            int read = channel.read(in.clear());
            if (read < 0) {
                key.cancel(); // the server closed it; what it misses is counted as lost
                return;
            }
            int begun = device.begun.length;
            bytes = bytes.length < begun + read ? new byte[2 * (begun + read)] : bytes;
            System.arraycopy(device.begun, 0, bytes, 0, begun);
            in.flip().get(bytes, begun, read);
            int left = packets(device, begun + read);
            device.begun = left == 0 ? NOTHING : rest(begun + read, left);
            if (acks.flip().hasRemaining()) {
                while (acks.hasRemaining()) {
                    channel.write(acks);
                }
            }
            acks.clear();
        } catch (IOException e) {
            key.cancel();
            acks.clear();
        }
    }

    private byte[] rest(int length, int left) {
        return Arrays.copyOfRange(bytes, length - left, length);
    }

    /** Takes all whole packets; how many bytes are left. */
    private int packets(Device device, int length) {
        int at = 0;
        while (length - at >= 2) {
            int remaining = 0;
            int body = at + 1;
            int shift = 0;
            boolean more = true;
            while (more && body < length) {
                remaining |= (bytes[body] & 0x7F) << shift;
                shift += 7;
                more = (bytes[body++] & 0x80) != 0;
            }
            if (more || length - body < remaining) {
                break;
            }
            if ((bytes[at] & TYPE_AND_QOS) == PUBLISH_QOS1) {
                publish(device, body);
            }
            at = body + remaining;
        }
        return length - at;
    }

    private void publish(Device device, int body) {
        int topicBytes = ((bytes[body] & 0xFF) << 8) | (bytes[body + 1] & 0xFF);
        int id = body + 2 + topicBytes;
        given.given(device.number, NumberedPayload.number(bytes, id + 2));
        acks.put((byte) 0x40).put((byte) 2).put(bytes[id]).put(bytes[id + 1]);
    }

    @Override
    public void close() throws IOException {
        closed = true;
        selector.wakeup();
        try {
            if (thread.isAlive()) {
                thread.join(CLOSED_WITHIN);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        for (SocketChannel channel : channels) {
            channel.close();
        }
        selector.close(); // it holds the descriptors of closed channels until it looks again
    }
}
