package io.lastmile.bench.stadium;

import io.lastmile.bench.load.BareMqtt;
import io.lastmile.bench.load.DeviceName;
import io.lastmile.bench.load.NumberedPayload;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** A thread's share of the sockets of a bare server. */
final class BareLoop implements Runnable {
    private static final int BUFFER_BYTES = 64 << 10;
    private static final int PUBACK_BYTES = 4;

    /** As long as one that an edge publishes to. */
    private static final String TOPIC = "inbox/0-000000";

    private static final byte[] CONNACK_AND_SUBACK = {0x20, 2, 0, 0, (byte) 0x90, 3, 0, 1, 1};

    private final int devices;
    private final Selector selector = Selector.open();
    private final Queue<SocketChannel> arrived = new ConcurrentLinkedQueue<>();
    private final ByteBuffer in = ByteBuffer.allocateDirect(BUFFER_BYTES);
    private final ByteBuffer publish;
    private final int numberFrom;
    private volatile @Nullable Wave toSend;
    private @Nullable Wave sent;

    private static final class Wave {
        private final int number;
        private final CompletableFuture<Integer> acknowledged = new CompletableFuture<>();
        private int messages;
        private long missingBytes;

        private Wave(int number) {
            this.number = number;
        }
    }

    BareLoop(NumberedPayload payload, int devices) throws IOException {
        this.devices = devices;
        byte[] body = payload.of(0);
        byte[] packet = BareMqtt.publish311(TOPIC, 1, body);
        numberFrom = packet.length - body.length;
        publish = ByteBuffer.allocateDirect(packet.length).put(packet).flip();
    }

    /** A device's connection, on any thread. */
    void arrived(SocketChannel channel) {
        arrived.add(channel);
        selector.wakeup();
    }

    /** Sends each device its message of that wave; how many, once all are acknowledged. */
    Future<Integer> fanOut(int number) {
        Wave wave = new Wave(number);
        toSend = wave;
        selector.wakeup();
        return wave.acknowledged;
    }

    @Override
    public void run() {
        try {
            while (true) {
                selector.select(this::ready);
                for (SocketChannel next = arrived.poll(); next != null; next = arrived.poll()) {
                    next.configureBlocking(false);
                    next.setOption(StandardSocketOptions.TCP_NODELAY, true);
                    next.register(selector, SelectionKey.OP_READ);
                }
                Wave wave = toSend;
                if (wave != null) {
                    toSend = null;
                    send(wave);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** First all are written to; what comes back meanwhile waits in the kernel. */
    private void send(Wave wave) {
        try {
            for (SelectionKey key : selector.keys()) {
                if (key.isValid() && key.attachment() instanceof Integer device) {
                    write(key, NumberOf.message(wave.number, devices, device));
                    wave.messages++;
                }
            }
        } catch (IOException e) {
            wave.acknowledged.completeExceptionally(e);
        }
        wave.missingBytes = (long) wave.messages * PUBACK_BYTES;
        sent = wave;
        heard(wave, 0);
    }

    private void write(SelectionKey key, long number) throws IOException {
        NumberedPayload.write(number, publish.clear(), numberFrom);
        ((SocketChannel) key.channel()).write(publish);
        if (publish.hasRemaining()) {
            throw new IOException("a device has no room for one packet");
        }
    }

    private void ready(SelectionKey key) {
        try {
            SocketChannel channel = (SocketChannel) key.channel();
            int read = channel.read(in.clear());
            Wave wave = sent;
            if (read < 0) {
                channel.close();
            } else if (key.attachment() == null) {
                subscribed(key);
            } else if (wave != null) {
                heard(wave, read);
            }
        } catch (IOException e) {
            key.cancel(); // whoever waits for its acknowledgement waits in vain, and says so
        }
    }

    /** A device writes CONNECT and SUBSCRIBE at once, so they are here at once. */
    private void subscribed(SelectionKey key) throws IOException {
        String name = BareMqtt.clientOf311(in.flip());
        key.attach(DeviceName.number(name));
        ((SocketChannel) key.channel()).write(ByteBuffer.wrap(CONNACK_AND_SUBACK));
    }

    private static void heard(Wave wave, int bytes) {
        wave.missingBytes -= bytes;
        if (wave.missingBytes == 0) {
            wave.acknowledged.complete(wave.messages);
        }
    }
}
