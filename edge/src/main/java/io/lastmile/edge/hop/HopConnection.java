package io.lastmile.edge.hop;

import io.lastmile.edge.session.Broadcast;
import io.lastmile.edge.session.Life;
import io.lastmile.edge.session.Session;
import io.lastmile.node.Task;
import io.lastmile.wire.Incarnation;
import io.lastmile.wire.MalformedException;
import io.lastmile.wire.Payload;
import io.lastmile.wire.hop.HopCodec;
import io.lastmile.wire.hop.HopFrame;
import io.lastmile.wire.hop.HopFrame.Announce;
import io.lastmile.wire.hop.HopFrame.Challenge;
import io.lastmile.wire.hop.HopFrame.CloseSession;
import io.lastmile.wire.hop.HopFrame.Copies;
import io.lastmile.wire.hop.HopFrame.Deliver;
import io.lastmile.wire.hop.HopFrame.ForSession;
import io.lastmile.wire.hop.HopFrame.FromEdge;
import io.lastmile.wire.hop.HopFrame.FromRouter;
import io.lastmile.wire.hop.HopFrame.Hello;
import io.lastmile.wire.hop.HopFrame.NotHere;
import io.lastmile.wire.hop.HopFrame.Own;
import io.lastmile.wire.hop.HopFrame.Ping;
import io.lastmile.wire.hop.HopFrame.Pong;
import io.lastmile.wire.hop.HopFrame.Recipient;
import io.lastmile.wire.hop.HopFrame.Sessions;
import io.lastmile.wire.hop.HopFrame.Welcome;
import io.lastmile.wire.hop.HopProof;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.DecoderException;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection of a router: first the handshake, then its frames.
 *
 * <pre>
 *   accepted: Challenge --> Hello, proof right: Welcome --> open
 *       |                     |                               |
 *       +--- deadline --------+--- wrong proof or version ----+--- silence, nonsense ---> closed
 * </pre>
 */
final class HopConnection extends SimpleChannelInboundHandler<HopFrame> {
    private static final Logger LOG = LoggerFactory.getLogger(HopConnection.class);
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int CHECKS_MAX = 3;
    private static final Duration CHECK_AGAIN = Duration.ofMillis(500);

    private final HopServer server;
    private final Channel channel;
    private final HopFrameDecoder decoder;
    private final long id;
    private final Life life;
    private final Payload nonce = nonce();
    private final LoopBatches batches;
    private final Map<Integer, Own> unchecked = new HashMap<>(); // the latest of each partition
    private @Nullable Incarnation router;
    private boolean heard;
    private volatile boolean reachesKafka;

    HopConnection(HopServer server, Channel channel, HopFrameDecoder decoder, long id, Life life) {
        this.server = server;
        this.channel = channel;
        this.decoder = decoder;
        this.id = id;
        this.life = life;
        this.batches =
                new LoopBatches(
                        channel.eventLoop(),
                        () ->
                                new LoopBatch(
                                        life,
                                        id,
                                        server.clock(),
                                        server.metrics(),
                                        this::answerNotHere));
    }

    private static Payload nonce() {
        byte[] bytes = new byte[HopProof.NONCE_BYTES];
        RANDOM.nextBytes(bytes);
        return Payload.of(bytes);
    }

    /** Numbers rise in the order of accept. */
    long id() {
        return id;
    }

    /** Whether the router said so in its last ping. Any thread. */
    boolean reachesKafka() {
        return reachesKafka;
    }

    /** The router at the other end, once it has shown that it is one. */
    @Nullable Incarnation router() {
        return router;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        send(new Challenge(HopFrame.VERSION, life.incarnation(), nonce));
        channel.flush();
        HopSettings settings = server.settings();
        Task task = server.task();
        var _ =
                task.once(
                        channel.eventLoop(),
                        settings.handshakeDeadline(),
                        () -> {
                            if (router == null) {
                                close("no Hello in time");
                            }
                        });
        var silence = task.every(channel.eventLoop(), settings.silenceMax(), this::checkSilence);
        var _ = channel.closeFuture().addListener(done -> silence.cancel(false));
    }

    private void checkSilence() {
        if (!heard && router != null) { // before that the deadline counts
            close("nothing heard for " + server.settings().silenceMax());
        }
        heard = false;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, HopFrame frame) {
        heard = true;
        server.metrics().received(frame);
        if (frame instanceof Hello hello) {
            onHello(hello);
        } else if (router == null || !(frame instanceof FromRouter from)) {
            close("out of turn: " + frame.getClass().getSimpleName());
        } else {
            switch (from) {
                case Own own -> onOwn(own);
                case Deliver deliver -> onDeliver(deliver);
                case Copies copies -> onCopies(copies);
                case CloseSession close -> forSession(close);
                case Announce announce -> forSession(announce);
                case Ping ping -> {
                    reachesKafka = ping.kafkaReachable();
                    send(new Pong(ping.sequence()));
                }
                case Hello hello -> {}
            }
        }
    }

    private void onHello(Hello hello) {
        if (router != null) {
            close("a second Hello");
            return;
        }
        if (hello.version() != HopFrame.VERSION) {
            close("speaks version " + hello.version() + ", not " + HopFrame.VERSION);
            return;
        }
        String secret = secretOf(hello);
        if (secret == null) { // whoever has another one tries again and again
            if (server.metrics().refused()) {
                close("has another hop.secret");
            } else {
                var _ = channel.close();
            }
            return;
        }
        router = hello.router();
        decoder.trust();
        Incarnation edge = life.incarnation();
        send(new Welcome(HopProof.ofEdge(secret, hello.router(), edge, hello.nonce(), nonce)));
        server.opened(hello.router(), this);
    }

    /** Which of the accepted secrets the router has, or null. */
    private @Nullable String secretOf(Hello hello) {
        for (String secret : server.settings().secret().accepted()) {
            Payload expected =
                    HopProof.ofRouter(
                            secret, hello.router(), life.incarnation(), hello.nonce(), nonce);
            if (HopProof.matches(expected, hello.proof())) {
                return secret;
            }
        }
        return null;
    }

    private void onOwn(Own own) {
        if (own.partition() >= life.ownership().partitions()) {
            close("there is no partition " + own.partition());
            return;
        }
        if (own.epoch() <= life.ownership().epoch(own.partition())) {
            take(own); // an epoch that is known has been looked at, and a lower one is refused
        } else if (unchecked.put(own.partition(), own) == null) {
            check(own.partition(), 1);
        }
    }

    /** An epoch is the offset of a claim: who names one that is not in the log has made it up. */
    private void check(int partition, int times) {
        server.ends().ask(partition, end -> soon(() -> checked(partition, end, times)));
    }

    private void checked(int partition, long end, int times) {
        Own own = unchecked.get(partition);
        if (own == null || !channel.isActive()) {
            return;
        }
        if (own.epoch() < end) {
            unchecked.remove(partition);
            take(own);
            channel.flush();
        } else if (end == InboxEnds.UNKNOWN || times < CHECKS_MAX) {
            // Kafka is away, or a new leader of the partition does not know yet what is committed.
            int next = end == InboxEnds.UNKNOWN ? times : times + 1;
            server.task().untilDone(channel.eventLoop(), CHECK_AGAIN, () -> check(partition, next));
        } else {
            server.metrics().beyondEnd();
            close(
                    "claims partition %d with the epoch %d, and its inbox ends at %d"
                            .formatted(partition, own.epoch(), end));
        }
    }

    private void take(Own own) {
        batches.dispatch(); // what this connection sent before comes before
        if (!life.ownership().own(own.partition(), own.epoch(), id)) {
            LOG.atInfo()
                    .addKeyValue("router", router)
                    .addKeyValue("partition", own.partition())
                    .addKeyValue("epoch", own.epoch())
                    .addKeyValue("known", life.ownership().epoch(own.partition()))
                    .log("Owner refused");
            send(
                    new Sessions(
                            own.partition(),
                            life.ownership().epoch(own.partition()),
                            own.exchange(),
                            true,
                            life.sessions().highestIssued(),
                            true,
                            List.of()));
            return;
        }
        LOG.atDebug()
                .addKeyValue("router", router)
                .addKeyValue("partition", own.partition())
                .addKeyValue("epoch", own.epoch())
                .log("Owner taken");
        OwnAnswer.collect(life, own, server.sessionLoops(), this::answer);
    }

    private void onDeliver(Deliver deliver) {
        Session session = forSession(deliver);
        if (session == null
                && life.ownership().isCurrent(deliver.partition(), deliver.epoch(), id)) {
            server.metrics().notHere();
            send(deliver.notHere());
        }
    }

    private void onCopies(Copies copies) {
        Broadcast broadcast = new Broadcast(copies);
        boolean fromOwner = life.ownership().isCurrent(copies.partition(), copies.epoch(), id);
        for (Recipient recipient : copies.recipients()) {
            Session session = life.sessions().find(copies.partition(), recipient.session());
            if (session != null) {
                batches.add(broadcast, session, recipient.member());
            } else if (fromOwner) {
                server.metrics().notHere();
                send(broadcast.notHere(recipient.session()));
            }
        }
    }

    /** Puts the frame into the batch of its session's loop. */
    private @Nullable Session forSession(ForSession frame) {
        Session session = life.sessions().find(frame.partition(), frame.session());
        if (session == null) {
            return null;
        }
        if (frame instanceof Deliver deliver
                && !deliver.message().device().equals(session.device())) {
            close("a message for another device than the session's");
            return session;
        }
        batches.add(frame, session);
        return session;
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        batches.dispatch();
        channel.flush();
    }

    /** On any loop. */
    private void answerNotHere(List<NotHere> frames) {
        frames.forEach(frame -> server.metrics().notHere());
        answer(frames);
    }

    /** On any loop. */
    private void answer(List<? extends FromEdge> frames) {
        soon(() -> {
            frames.forEach(this::send);
            channel.flush();
        });
    }

    private void soon(Runnable action) {
        try {
            channel.eventLoop().execute(action);
        } catch (RejectedExecutionException e) {
            LOG.atDebug().log("The loop of hops has stopped");
        }
    }

    private void send(FromEdge frame) {
        var _ =
                channel.write(
                        Unpooled.wrappedBuffer(HopCodec.encode(frame)), channel.voidPromise());
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        // A router that does not take answers is not given more to answer to.
        channel.config().setAutoRead(channel.isWritable());
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (cause instanceof IOException) {
            var _ = channel.close(); // told by channelInactive
        } else if (cause instanceof DecoderException
                && cause.getCause() instanceof MalformedException malformed) {
            close(String.valueOf(malformed.getMessage()));
        } else {
            LOG.atError().addKeyValue("router", router).setCause(cause).log("A hop failed");
            var _ = channel.close();
        }
    }

    /** Closes it, with one line that says why. On its loop. */
    void close(String why) {
        if (channel.isActive()) {
            LOG.atWarn()
                    .addKeyValue("router", router)
                    .addKeyValue("remote", channel.remoteAddress())
                    .addKeyValue("reason", why)
                    .log("Hop closed");
        }
        var _ = channel.close();
    }

    /** Closes it from any thread. */
    void closeSoon(String why) {
        soon(() -> close(why));
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        batches.dispatch();
        if (router != null) {
            server.closed(router, this);
        }
    }
}
