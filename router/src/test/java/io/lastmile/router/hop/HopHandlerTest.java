package io.lastmile.router.hop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lastmile.node.Metrics;
import io.lastmile.router.owner.HopListener;
import io.lastmile.wire.BytesWriter;
import io.lastmile.wire.Incarnation;
import io.lastmile.wire.Payload;
import io.lastmile.wire.hop.HopCodec;
import io.lastmile.wire.hop.HopFrame;
import io.lastmile.wire.hop.HopProof;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.LengthFieldBasedFrameDecoder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The router's side of one hop: handshake, pings, answers, stalls. */
class HopHandlerTest {
    private static final Incarnation ROUTER = new Incarnation("router-1", 1);
    private static final Incarnation EDGE = new Incarnation("edge-1", 1);
    private static final Payload NONCE = Payload.of(new byte[HopProof.NONCE_BYTES]);
    private static final Duration PING = Duration.ofSeconds(2);

    private final List<String> heard = new ArrayList<>();
    private final EmbeddedChannel channel = new EmbeddedChannel();
    private @Nullable HopOutput open;

    private final class Hearing implements HopListener {
        @Override
        public void connected(Incarnation edge) {
            heard.add("connected");
        }

        @Override
        public void cutOff(Incarnation edge) {
            heard.add("cut off");
        }

        @Override
        public void stalled(Incarnation edge, boolean stalled) {
            heard.add("stalled " + stalled);
        }

        @Override
        public void answered(Incarnation edge, HopFrame.Sessions frame) {
            heard.add("answered " + frame.exchange() + " last=" + frame.last());
        }

        @Override
        public void notHere(Incarnation edge, HopFrame.NotHere frame) {
            heard.add("not here " + frame.session());
        }
    }

    private final class Making implements HopHandler.Maker {
        @Override
        public void opened(HopOutput output) {
            open = output;
        }

        @Override
        public void failing(String reason) {
            heard.add(reason);
        }
    }

    @BeforeEach
    void connect() {
        channel.freezeTime();
        channel.pipeline()
                .addLast(
                        new LengthFieldBasedFrameDecoder(
                                HopCodec.FRAME_BYTES_MAX, 0, HopCodec.LENGTH_BYTES, 0, 4),
                        new HopHandler(
                                EDGE,
                                new HopSettings(
                                        ROUTER,
                                        "secret",
                                        Duration.ofSeconds(5),
                                        PING,
                                        Duration.ofMillis(500),
                                        1_000),
                                () -> true,
                                new Hearing(),
                                new HopOutput(channel, _ -> {}),
                                new Making(),
                                new Metrics().tasks().task("hop")));
        channel.pipeline().fireChannelActive();
    }

    @AfterEach
    void close() {
        channel.finishAndReleaseAll();
    }

    private void receive(HopFrame.FromEdge frame) {
        BytesWriter bytes = new BytesWriter(64);
        HopCodec.encode(frame, bytes);
        channel.writeInbound(Unpooled.copiedBuffer(bytes.toBuffer()));
        channel.runPendingTasks();
    }

    private @Nullable HopFrame sent() {
        ByteBuf bytes = channel.readOutbound();
        if (bytes == null) {
            return null;
        }
        HopFrame frame = HopCodec.decode(bytes.skipBytes(HopCodec.LENGTH_BYTES).nioBuffer());
        bytes.release();
        return frame;
    }

    private void shakeHands(String edgesSecret) {
        receive(new HopFrame.Challenge(HopFrame.VERSION, EDGE, NONCE));
        HopFrame.Hello hello = assertInstanceOf(HopFrame.Hello.class, sent());
        assertEquals(
                HopProof.ofRouter("secret", ROUTER, EDGE, hello.nonce(), NONCE), hello.proof());
        receive(
                new HopFrame.Welcome(
                        HopProof.ofEdge(edgesSecret, ROUTER, EDGE, hello.nonce(), NONCE)));
    }

    private static HopFrame.Sessions sessions(long exchange, boolean last) {
        return new HopFrame.Sessions(0, 7, exchange, false, 1, last, List.of());
    }

    @Test
    void aHopIsOpenOnceBothHaveShownTheSecret() {
        shakeHands("secret");
        assertTrue(open != null && channel.isOpen());
    }

    @Test
    void anEdgeWithAnotherSecretIsLeft() {
        shakeHands("another");
        assertNull(open);
        assertFalse(channel.isOpen());
        assertEquals(List.of("proof: the edge has another hop.secret"), heard);
    }

    @Test
    void anotherEdgeOfThatAddressIsLeft() {
        receive(new HopFrame.Challenge(HopFrame.VERSION, new Incarnation("edge-1", 2), NONCE));
        assertFalse(channel.isOpen());
    }

    @Test
    void anotherVersionIsLeft() {
        receive(new HopFrame.Challenge(HopFrame.VERSION + 1, EDGE, NONCE));
        assertFalse(channel.isOpen());
    }

    @Test
    void nothingButTheHandshakeIsTakenBeforeIt() {
        receive(sessions(1, true));
        assertFalse(channel.isOpen());
        assertFalse(heard.contains("answered 1 last=true"));
    }

    @Test
    void aHandshakeThatDoesNotEndIsLeft() {
        channel.advanceTimeBy(5, TimeUnit.SECONDS);
        channel.runScheduledPendingTasks();
        channel.runPendingTasks();
        assertFalse(channel.isOpen());
    }

    /** Which answer counts is the partition's to say. */
    @Test
    void everyFrameOfAnAnswerIsHandedOn() {
        shakeHands("secret");
        receive(sessions(1, false));
        receive(sessions(1, true));
        receive(new HopFrame.NotHere(0, 7, 3, 5));
        assertEquals(List.of("answered 1 last=false", "answered 1 last=true", "not here 3"), heard);
    }

    @Test
    void aSilentEdgeIsLeftAfterFourPings() {
        shakeHands("secret");
        for (long ping = 1; ping <= 4; ping++) {
            pass(PING);
            assertEquals(ping, assertInstanceOf(HopFrame.Ping.class, sent()).sequence());
        }
        pass(PING);
        assertFalse(channel.isOpen());
    }

    @Test
    void anEdgeThatAnswersIsKept() {
        shakeHands("secret");
        for (long ping = 1; ping <= 10; ping++) {
            pass(PING);
            assertInstanceOf(HopFrame.Ping.class, sent());
            receive(new HopFrame.Pong(ping));
        }
        assertTrue(channel.isOpen());
    }

    private void pass(Duration time) {
        channel.advanceTimeBy(time.toMillis(), TimeUnit.MILLISECONDS);
        channel.runScheduledPendingTasks();
        channel.runPendingTasks();
    }
}
