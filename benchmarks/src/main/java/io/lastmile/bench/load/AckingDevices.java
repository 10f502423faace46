package io.lastmile.bench.load;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * MQTT 3.1.1 devices that subscribe at QoS 1 and acknowledge what they are given: bare sockets from
 * several loopback addresses, on a few threads. They know no more of MQTT than that, so that they
 * cost little beside the servers that they share processors with.
 */
public final class AckingDevices implements AutoCloseable {
    private static final int AT_ONCE = 256;
    private static final int SOURCE_ADDRESSES = 8;

    /** So many share these addresses: their ports last for several lots of them a minute. */
    private static final int DEVICES_OF_ADDRESSES = 1 << 14;

    private static final int ANSWER_MS_MAX = 30_000;

    private final InetSocketAddress server;
    private final UnaryOperator<String> filterOfDevice;
    private final List<AckingLoop> loops = new ArrayList<>();

    /** Hears what devices are given, each device on a thread of its own or of some. */
    @FunctionalInterface
    public interface Given {
        /** A numbered payload came; PUBACK goes out right after. */
        void given(int device, long number);
    }

    /** Connects those of numbers from 0. */
    public AckingDevices(
            InetSocketAddress server,
            UnaryOperator<String> filterOfDevice,
            int devices,
            int threads,
            Given given)
            throws IOException {
        this(server, filterOfDevice, 0, devices, threads, given);
    }

    /**
     * Connects all, and waits until they are subscribed.
     *
     * @param filterOfDevice what the device of a name subscribes to
     * @param first number of a device
     * @param end the number behind that of the last
     */
    public AckingDevices(
            InetSocketAddress server,
            UnaryOperator<String> filterOfDevice,
            int first,
            int end,
            int threads,
            Given given)
            throws IOException {
        this.server = server;
        this.filterOfDevice = filterOfDevice;
        for (int i = 0; i < threads; i++) {
            loops.add(new AckingLoop(given));
        }
        try {
            for (int next = first; next < end; next += AT_ONCE) {
                connect(next, Math.min(end, next + AT_ONCE));
            }
        } catch (IOException e) {
            close();
            throw e;
        }
        loops.forEach(AckingLoop::start);
    }

    private void connect(int first, int end) throws IOException {
        List<SocketChannel> begun = new ArrayList<>(end - first);
        for (int device = first; device < end; device++) {
            SocketChannel channel = SocketChannel.open();
            AckingLoop loop = loops.get(device % loops.size());
            loop.owns(channel);
            channel.bind(new InetSocketAddress(source(device), 0));
            channel.socket().setSoTimeout(ANSWER_MS_MAX);
            channel.socket().setTcpNoDelay(true);
            channel.connect(server);
            String name = DeviceName.of(device);
            channel.write(BareMqtt.connectAndSubscribe311(name, filterOfDevice.apply(name)));
            begun.add(channel);
        }
        for (int i = 0; i < begun.size(); i++) {
            BareMqtt.awaitSubscribed(begun.get(i).socket().getInputStream());
            int device = first + i;
            loops.get(device % loops.size()).register(device, begun.get(i));
        }
    }

    private static InetAddress source(int device) throws IOException {
        byte network = (byte) (device / DEVICES_OF_ADDRESSES);
        byte host = (byte) (2 + device % SOURCE_ADDRESSES);
        return InetAddress.getByAddress(new byte[] {127, 0, network, host});
    }

    /** Closes every connection without a DISCONNECT. */
    @Override
    public void close() throws IOException {
        for (AckingLoop loop : loops) {
            loop.close();
        }
    }
}
