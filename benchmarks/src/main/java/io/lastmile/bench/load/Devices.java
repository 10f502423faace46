package io.lastmile.bench.load;

import io.lastmile.wire.DeviceId;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.mqtt.MqttDecoder;
import io.netty.handler.codec.mqtt.MqttEncoder;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Connections of many devices on a few threads. */
public final class Devices implements AutoCloseable {
    private static final int PACKET_BYTES_MAX = 2 << 20;
    private static final int CONNECT_TIMEOUT_MS = 10_000;

    private final EventLoopGroup loops;
    private final Consumer<Received> received;

    /**
     * No device yet.
     *
     * @param received told every PUBLISH, on the connection's thread
     */
    public Devices(int threads, Consumer<Received> received) {
        loops = new MultiThreadIoEventLoopGroup(threads, NioIoHandler.newFactory());
        this.received = received;
    }

    /** Connects a device and subscribes; what comes of it is in {@link Device#subscribed}. */
    public Device connect(DeviceId id, DeviceOptions options) {
        return connect(id, options, received);
    }

    /** The same, with a receiver of its own. */
    Device connect(DeviceId id, DeviceOptions options, Consumer<Received> receiver) {
        Device device = new Device(id, options, receiver);
        ChannelFuture connecting =
                new Bootstrap()
                        .group(loops)
                        .channel(NioSocketChannel.class)
                        .option(ChannelOption.TCP_NODELAY, true)
                        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_TIMEOUT_MS)
                        .handler(
                                new ChannelInitializer<Channel>() {
                                    @Override
                                    protected void initChannel(Channel channel) {
                                        channel.pipeline()
                                                .addLast(new MqttDecoder(PACKET_BYTES_MAX))
                                                .addLast(MqttEncoder.INSTANCE)
                                                .addLast(device.handler());
                                    }
                                })
                        .connect(options.edge());
        Futures.onFailure(connecting, device::failed);
        return device;
    }

    /** Connects several, and completes once all are subscribed. */
    public CompletableFuture<List<Device>> connectAll(List<DeviceId> ids, DeviceOptions options) {
        List<Device> devices = ids.stream().map(id -> connect(id, options)).toList();
        CompletableFuture<?>[] all =
                devices.stream().map(Device::subscribed).toArray(CompletableFuture<?>[]::new);
        return CompletableFuture.allOf(all).thenApply(done -> devices);
    }

    /** Closes every connection without a DISCONNECT. */
    @Override
    public void close() {
        Futures.ignore(loops.shutdownGracefully(0, 5, TimeUnit.SECONDS));
    }
}
