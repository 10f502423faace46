package io.lastmile.router.hop;

import io.lastmile.node.Metrics;
import io.lastmile.node.Task;
import io.lastmile.router.owner.HopListener;
import io.lastmile.wire.Incarnation;
import io.lastmile.wire.hop.HopCodec;
import io.lastmile.wire.hop.HopFrame;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.codec.LengthFieldBasedFrameDecoder;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connection to one edge, made again whenever it breaks until it is closed.
 *
 * <pre>
 *   connecting -> handshake (Challenge, Hello, Welcome) -> open -> broken -> connecting ...
 * </pre>
 */
final class HopLink implements HopHandler.Maker {
    private static final Logger log = LoggerFactory.getLogger(HopLink.class);

    private static final String CLOSED_BY_EDGE =
            "the edge closed it in the handshake: perhaps it has another hop.secret";

    private final Incarnation edge;
    private final InetSocketAddress address;
    private final HopSettings settings;
    private final HopListener listener;
    private final BooleanSupplier kafkaReachable;
    private final Bootstrap bootstrap;
    private final Task task;
    private final Metrics.Counter failed;
    private long failuresInARow; // of the loop
    private String failing = CLOSED_BY_EDGE; // of the loop
    private volatile @Nullable HopOutput open;
    private volatile boolean closed;
    private volatile @Nullable Channel current;

    HopLink(
            Incarnation edge,
            InetSocketAddress address,
            HopSettings settings,
            HopListener listener,
            BooleanSupplier kafkaReachable,
            Bootstrap bootstrap,
            Task task,
            Metrics.Counter failed) {
        this.edge = edge;
        this.address = address;
        this.settings = settings;
        this.listener = listener;
        this.kafkaReachable = kafkaReachable;
        this.bootstrap = bootstrap;
        this.task = task;
        this.failed = failed;
    }

    void connect() {
        if (closed) {
            return;
        }
        ChannelFuture connecting =
                bootstrap
                        .clone()
                        .handler(
                                new ChannelInitializer<HopSocket>() {
                                    @Override
                                    protected void initChannel(HopSocket channel) {
                                        assemble(channel);
                                    }
                                })
                        .connect(address);
        current = connecting.channel();
        var _ = connecting.addListener((ChannelFutureListener) this::connected);
    }

    private void connected(ChannelFuture connecting) {
        if (connecting.isSuccess()) {
            var _ = connecting.channel().closeFuture().addListener(this::broken);
        } else {
            notMade(String.valueOf(connecting.cause()));
            retry(connecting.channel());
        }
    }

    private void assemble(HopSocket channel) {
        channel.pipeline()
                .addLast(
                        new LengthFieldBasedFrameDecoder(
                                HopCodec.FRAME_BYTES_MAX, 0, HopCodec.LENGTH_BYTES, 0, 4),
                        new HopHandler(
                                edge,
                                settings,
                                kafkaReachable,
                                listener,
                                new HopOutput(channel, channel::writeNow),
                                this,
                                task));
    }

    @Override
    public void opened(HopOutput output) {
        open = output;
        failuresInARow = 0;
        log.atInfo().addKeyValue("edge", edge).addKeyValue("address", told()).log("hop open");
        listener.connected(edge);
    }

    @Override
    public void failing(String reason) {
        failing = reason;
    }

    /** Tried again twice a second: the first is told, the second, the fourth and so on. */
    private void notMade(String reason) {
        failed.increment();
        failuresInARow++;
        failing = CLOSED_BY_EDGE;
        if (Long.bitCount(failuresInARow) == 1) {
            log.atWarn()
                    .addKeyValue("edge", edge)
                    .addKeyValue("address", told())
                    .addKeyValue("attempts", failuresInARow)
                    .addKeyValue("reason", reason)
                    .log("hop not made, trying again");
        }
    }

    /** As it stands in nodes: the name is looked up at each connection. */
    private String told() {
        return address.getHostString() + ":" + address.getPort();
    }

    private void broken(Future<? super Void> closing) {
        boolean wasOpen = open != null;
        open = null;
        if (wasOpen) {
            log.atInfo().addKeyValue("edge", edge).log("hop cut");
            task.run(() -> listener.cutOff(edge)); // it is made again, whatever the hearts say
        } else if (!closed) {
            notMade(failing);
        }
        Channel channel = current;
        if (channel != null) {
            retry(channel);
        }
    }

    private void retry(Channel channel) {
        if (!closed) {
            task.untilDone(channel.eventLoop(), settings.reconnectDelay(), this::connect);
        }
    }

    boolean isOpen() {
        return open != null;
    }

    void send(HopFrame.FromRouter frame) {
        HopOutput output = open;
        if (output != null) {
            output.add(frame);
        }
    }

    void flush() {
        HopOutput output = open;
        if (output != null) {
            output.flush();
        }
    }

    void close() {
        closed = true;
        Channel channel = current;
        if (channel != null) {
            var _ = channel.close();
        }
    }
}
