package io.lastmile.bench.micro;

import io.lastmile.bench.load.BareMqtt;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * What a message takes of the kernel alone where edge and devices share a machine: the four calls
 * on both ends of its socket. It is the part of {@code bench throughput} that no server can do
 * without.
 */
@State(Scope.Thread)
public class LoopbackSockets {
    private static final int STRIDE = 7_919; // prime, so that neighbours in time are none in memory
    private static final int PAYLOAD_BYTES = 200;

    @Param({"1000", "9000"}) // two descriptors each
    private int devices;

    private SocketChannel[] ofEdge;
    private SocketChannel[] ofDevice;
    private final ByteBuffer publish =
            direct(BareMqtt.publish311("inbox/0-000000", 1, new byte[PAYLOAD_BYTES]));
    private final ByteBuffer puback = direct(new byte[] {0x40, 2, 0, 1});
    private final ByteBuffer in = ByteBuffer.allocateDirect(1_024);
    private long messages;

    private static ByteBuffer direct(byte[] packet) {
        return ByteBuffer.allocateDirect(packet.length).put(packet).flip();
    }

    /** All devices connect. */
    @Setup
    public void connect() throws IOException {
        ofEdge = new SocketChannel[devices];
        ofDevice = new SocketChannel[devices];
        try (ServerSocketChannel listening = ServerSocketChannel.open()) {
            listening.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            for (int i = 0; i < devices; i++) {
                ofDevice[i] = SocketChannel.open(listening.getLocalAddress());
                ofEdge[i] = listening.accept();
                ofDevice[i].setOption(StandardSocketOptions.TCP_NODELAY, true);
                ofEdge[i].setOption(StandardSocketOptions.TCP_NODELAY, true);
            }
        }
    }

    /** All go. */
    @TearDown
    public void close() throws IOException {
        for (int i = 0; i < devices; i++) {
            ofDevice[i].close();
            ofEdge[i].close();
        }
    }

    /**
     * A PUBLISH is written to one device; another one reads its own, a third writes its PUBACK, of
     * a fourth that is read. So many messages to others lie between the calls for one that its
     * socket is in no cache any more, as it is with thousands of busy devices.
     */
    @Benchmark
    public void publishAndPuback() throws IOException {
        int lag = devices / 4;
        write(ofEdge, 0, publish);
        read(ofDevice, lag);
        write(ofDevice, 2 * lag, puback);
        read(ofEdge, 3 * lag);
        messages++;
    }

    private void write(SocketChannel[] sockets, int lag, ByteBuffer packet) throws IOException {
        if (messages >= lag) {
            sockets[place(lag)].write(packet.rewind());
        }
    }

    private void read(SocketChannel[] sockets, int lag) throws IOException {
        if (messages >= lag) {
            sockets[place(lag)].read(in.clear());
        }
    }

    private int place(int lag) {
        return (int) ((messages - lag) * STRIDE % devices);
    }
}
