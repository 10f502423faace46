package io.lastmile.bench.edge;

import io.lastmile.edge.session.Ownership;
import io.lastmile.wire.Incarnation;
import io.lastmile.wire.Payload;
import io.lastmile.wire.hop.HopCodec;
import io.lastmile.wire.hop.HopFrame;
import io.lastmile.wire.hop.HopFrame.Announce;
import io.lastmile.wire.hop.HopFrame.Challenge;
import io.lastmile.wire.hop.HopFrame.CloseSession;
import io.lastmile.wire.hop.HopFrame.Deliver;
import io.lastmile.wire.hop.HopFrame.FromEdge;
import io.lastmile.wire.hop.HopFrame.FromRouter;
import io.lastmile.wire.hop.HopFrame.HeldSession;
import io.lastmile.wire.hop.HopFrame.Hello;
import io.lastmile.wire.hop.HopFrame.NotHere;
import io.lastmile.wire.hop.HopFrame.Own;
import io.lastmile.wire.hop.HopFrame.Ping;
import io.lastmile.wire.hop.HopFrame.Pong;
import io.lastmile.wire.hop.HopFrame.Sessions;
import io.lastmile.wire.hop.HopFrame.Welcome;
import io.lastmile.wire.hop.HopProof;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import java.security.SecureRandom;
import java.util.List;

/** One router's connection to a virtual edge. On the edge's loop, which all sessions belong to. */
final class VirtualHop extends SimpleChannelInboundHandler<ByteBuf> {
    private static final SecureRandom RANDOM = new SecureRandom();

    private final VirtualEdge edge;
    private final Channel channel;
    private final long id;
    private final String secret;
    private final Payload nonce;
    private boolean trusted;

    VirtualHop(VirtualEdge edge, Channel channel, long id, String secret) {
        this.edge = edge;
        this.channel = channel;
        this.id = id;
        this.secret = secret;
        byte[] random = new byte[HopProof.NONCE_BYTES];
        RANDOM.nextBytes(random);
        nonce = Payload.of(random);
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        send(new Challenge(HopFrame.VERSION, edge.incarnation(), nonce));
        channel.flush();
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, ByteBuf bytes) {
        if (!(HopCodec.decode(bytes.nioBuffer()) instanceof FromRouter frame)) {
            throw new IllegalStateException("a router does not send that");
        }
        if (!trusted && !(frame instanceof Hello)) {
            throw new IllegalStateException("no Hello before " + frame);
        }
        switch (frame) {
            case Hello hello -> greet(hello);
            case Own own -> own(own);
            case Deliver deliver -> deliver(deliver);
            case HopFrame.Copies copies ->
                    copies.recipients().forEach(one -> deliver(copies.to(one)));
            case CloseSession close -> {
                int device = current(close.partition(), close.epoch(), close.session());
                if (device != VirtualSessions.NONE) {
                    edge.closed(device, close.reason());
                }
            }
            case Announce announce -> {
                int device = current(announce.partition(), announce.epoch(), announce.session());
                if (device != VirtualSessions.NONE) {
                    edge.announce(device);
                }
            }
            case Ping ping -> send(new Pong(ping.sequence()));
        }
    }

    private void greet(Hello hello) {
        Incarnation self = edge.incarnation();
        Payload expected = HopProof.ofRouter(secret, hello.router(), self, hello.nonce(), nonce);
        if (!HopProof.matches(expected, hello.proof())) {
            throw new IllegalStateException("the router has another hop.secret");
        }
        trusted = true;
        send(new Welcome(HopProof.ofEdge(secret, hello.router(), self, hello.nonce(), nonce)));
    }

    private void own(Own own) {
        Ownership owners = edge.ownership();
        boolean taken = owners.own(own.partition(), own.epoch(), id);
        long epoch = taken ? own.epoch() : owners.epoch(own.partition());
        long highest = edge.sessions().highestIssued();
        List<HeldSession> all = taken ? edge.sessions().held(own.partition()) : List.of();
        int from = 0;
        do {
            int to = Math.min(all.size(), from + Sessions.SESSIONS_MAX);
            send(
                    new Sessions(
                            own.partition(),
                            epoch,
                            own.exchange(),
                            !taken,
                            highest,
                            to == all.size(),
                            all.subList(from, to)));
            from = to;
        } while (from < all.size());
    }

    private void deliver(Deliver deliver) {
        if (!edge.ownership().isCurrent(deliver.partition(), deliver.epoch(), id)) {
            return;
        }
        int device = edge.sessions().device(deliver.session());
        if (device == VirtualSessions.NONE) {
            send(
                    new NotHere(
                            deliver.partition(),
                            deliver.epoch(),
                            deliver.session(),
                            deliver.offset()));
        } else {
            edge.delivered(device, deliver);
        }
    }

    /** The device of a session that the current owner names. */
    private int current(int partition, long epoch, long session) {
        return edge.ownership().isCurrent(partition, epoch, id)
                ? edge.sessions().device(session)
                : VirtualSessions.NONE;
    }

    private void send(FromEdge frame) {
        var _ =
                channel.write(
                        Unpooled.wrappedBuffer(HopCodec.encode(frame)), channel.voidPromise());
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        channel.flush();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        edge.broken(cause);
        var _ = channel.close();
    }
}
