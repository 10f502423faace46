package io.lastmile.router.hop;

import io.lastmile.node.Task;
import io.lastmile.router.owner.HopListener;
import io.lastmile.wire.Incarnation;
import io.lastmile.wire.MalformedException;
import io.lastmile.wire.Payload;
import io.lastmile.wire.hop.HopCodec;
import io.lastmile.wire.hop.HopFrame;
import io.lastmile.wire.hop.HopProof;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import java.security.SecureRandom;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Speaks the router's side of one hop connection: handshake, answers, pings. One event loop. */
final class HopHandler extends SimpleChannelInboundHandler<ByteBuf> {
    private static final Logger log = LoggerFactory.getLogger(HopHandler.class);
    private static final int UNANSWERED_PINGS_MAX = 4;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final Incarnation edge;
    private final HopSettings settings;
    private final BooleanSupplier kafkaReachable;
    private final HopListener listener;
    private final HopOutput output;
    private final Maker maker;
    private final Task task;
    private @Nullable Payload expectedProof;
    private boolean open;
    private long pingsSent;
    private long pongsReceived;

    /** Who makes the connection, again and again. */
    interface Maker {
        /** The handshake is done. */
        void opened(HopOutput output);

        /** The handshake fails. */
        void failing(String reason);
    }

    HopHandler(
            Incarnation edge,
            HopSettings settings,
            BooleanSupplier kafkaReachable,
            HopListener listener,
            HopOutput output,
            Maker maker,
            Task task) {
        this.edge = edge;
        this.settings = settings;
        this.kafkaReachable = kafkaReachable;
        this.listener = listener;
        this.output = output;
        this.maker = maker;
        this.task = task;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        var _ =
                task.once(
                        context.executor(),
                        settings.connectDeadline(),
                        () -> {
                            if (!open) {
                                output.close();
                            }
                        });
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, ByteBuf bytes) {
        HopFrame frame = HopCodec.decode(bytes.nioBuffer());
        switch (frame) {
            case HopFrame.Challenge challenge -> challenged(challenge);
            case HopFrame.Welcome welcome -> welcomed(context, welcome);
            case HopFrame.Sessions sessions when open -> answered(sessions);
            case HopFrame.NotHere notHere when open -> listener.notHere(edge, notHere);
            case HopFrame.Pong pong when open -> pongsReceived = pong.sequence();
            default -> throw new MalformedException("type", "not a frame for a router now");
        }
    }

    private void challenged(HopFrame.Challenge challenge) {
        if (challenge.version() != HopFrame.VERSION) {
            throw new MalformedException("version", "the edge speaks " + challenge.version());
        }
        if (!challenge.edge().equals(edge)) {
            // The address has a new tenant; nodes will tell. The old incarnation is not there.
            throw new MalformedException("edge", "the address belongs to " + challenge.edge());
        }
        byte[] random = new byte[HopProof.NONCE_BYTES];
        RANDOM.nextBytes(random);
        Payload nonce = Payload.of(random);
        Incarnation router = settings.router();
        expectedProof = HopProof.ofEdge(settings.secret(), router, edge, nonce, challenge.nonce());
        Payload proof =
                HopProof.ofRouter(settings.secret(), router, edge, nonce, challenge.nonce());
        output.add(new HopFrame.Hello(HopFrame.VERSION, router, nonce, proof));
        output.flush();
    }

    private void welcomed(ChannelHandlerContext context, HopFrame.Welcome welcome) {
        Payload expected = expectedProof;
        if (expected == null || open || !HopProof.matches(expected, welcome.proof())) {
            throw new MalformedException("proof", "the edge has another hop.secret");
        }
        open = true;
        maker.opened(output);
        var pings = task.every(context.executor(), settings.pingInterval(), this::ping);
        var _ = context.channel().closeFuture().addListener(_ -> pings.cancel(false));
    }

    private void ping() {
        if (pingsSent - pongsReceived >= UNANSWERED_PINGS_MAX) {
            log.atWarn().addKeyValue("edge", edge).log("hop silent, closing it");
            output.close();
            return;
        }
        output.add(new HopFrame.Ping(++pingsSent, kafkaReachable.getAsBoolean()));
        output.flush();
    }

    private void answered(HopFrame.Sessions frame) {
        if (frame.refused()) {
            // Whoever claimed later has fenced this owner in Kafka too: that is where it ends.
            log.atInfo()
                    .addKeyValue("edge", edge)
                    .addKeyValue("partition", frame.partition())
                    .addKeyValue("higherEpoch", frame.epoch())
                    .log("own refused");
        }
        listener.answered(edge, frame);
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (open) {
            listener.stalled(edge, !context.channel().isWritable());
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (open) {
            log.atWarn()
                    .addKeyValue("edge", edge)
                    .addKeyValue("reason", reason(cause))
                    .log("hop closed");
        } else {
            maker.failing(reason(cause));
        }
        output.close();
    }

    private static String reason(Throwable cause) {
        Throwable first = cause.getCause() instanceof MalformedException inner ? inner : cause;
        return String.valueOf(first.getMessage());
    }
}
