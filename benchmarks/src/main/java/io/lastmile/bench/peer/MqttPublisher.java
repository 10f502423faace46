package io.lastmile.bench.peer;

import io.lastmile.bench.load.BareMqtt;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.concurrent.Semaphore;

/**
 * One connection that publishes at QoS 1, many at once: it waits for PUBACK only where too many are
 * missing. It is an MQTT 3.1.1 client that knows nothing else. One thread publishes.
 */
public final class MqttPublisher implements AutoCloseable {
    private static final int BUFFER_BYTES = 64 << 10;
    private static final int UNACKNOWLEDGED_MAX = 10_000;
    private static final int PACKET_IDS = 65_535;
    private static final int PUBACK_BYTES = 4;

    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;
    private final Semaphore room = new Semaphore(UNACKNOWLEDGED_MAX);
    private final Thread reader;
    private int lastId;
    private volatile boolean broken;

    /** Connects. */
    public MqttPublisher(InetSocketAddress server, String client) throws IOException {
        socket = new Socket(server.getAddress(), server.getPort());
        socket.setTcpNoDelay(true);
        in = new BufferedInputStream(socket.getInputStream(), BUFFER_BYTES);
        out = new BufferedOutputStream(socket.getOutputStream(), BUFFER_BYTES);
        out.write(BareMqtt.connect311(client).array());
        out.flush();
        byte[] connack = in.readNBytes(PUBACK_BYTES);
        if (connack.length < PUBACK_BYTES || connack[PUBACK_BYTES - 1] != 0) {
            throw new IOException("the server does not take the publisher");
        }
        reader = Thread.ofPlatform().name("pubacks").daemon().start(this::readAcks);
    }

    /** Publishes; the bytes may wait for {@link #flush}. */
    public void publish(String topic, byte[] payload) throws IOException, InterruptedException {
        if (!room.tryAcquire()) {
            out.flush();
            room.acquire();
        }
        if (broken) {
            throw new IOException("the server has closed the publisher's connection");
        }
        lastId = lastId == PACKET_IDS ? 1 : lastId + 1;
        out.write(BareMqtt.publish311(topic, lastId, payload));
    }

    /** Sends what waits. */
    public void flush() throws IOException {
        out.flush();
    }

    /** Waits until the server has acknowledged all. */
    public void awaitAcknowledged() throws IOException, InterruptedException {
        out.flush();
        room.acquire(UNACKNOWLEDGED_MAX);
        room.release(UNACKNOWLEDGED_MAX);
    }

    private void readAcks() {
        byte[] acks = new byte[BUFFER_BYTES];
        int left = 0;
        try {
            while (true) {
                int read = in.read(acks);
                if (read < 0) {
                    throw new EOFException();
                }
                // Nothing else comes, and every one has four bytes.
                left += read;
                room.release(left / PUBACK_BYTES);
                left %= PUBACK_BYTES;
            }
        } catch (IOException e) { // closed, by whom ever
            broken = true;
            room.release(UNACKNOWLEDGED_MAX);
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
        try {
            reader.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
