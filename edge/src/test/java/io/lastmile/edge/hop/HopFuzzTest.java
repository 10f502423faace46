package io.lastmile.edge.hop;

import io.lastmile.edge.Fuzz;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.EndReason;
import io.lastmile.wire.Incarnation;
import io.lastmile.wire.MalformedException;
import io.lastmile.wire.Message;
import io.lastmile.wire.MessageId;
import io.lastmile.wire.Payload;
import io.lastmile.wire.hop.HopCodec;
import io.lastmile.wire.hop.HopFrame;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Almost right frames are understood or malformed, and nothing else. */
class HopFuzzTest {
    private static final DeviceId DEVICE = new DeviceId("phone-1");
    private static final Incarnation NODE = new Incarnation("node-1", 7);
    private static final Payload PROOF = Payload.ofText("0123456789abcdef0123456789abcdef");

    /** One of each kind. */
    private static final List<HopFrame> FRAMES =
            List.of(
                    new HopFrame.Challenge(1, NODE, PROOF),
                    new HopFrame.Hello(1, NODE, PROOF, PROOF),
                    new HopFrame.Welcome(PROOF),
                    new HopFrame.Own(3, 7, 1),
                    new HopFrame.Sessions(
                            3,
                            7,
                            1,
                            false,
                            2,
                            true,
                            List.of(new HopFrame.HeldSession(DEVICE, 1, 5, 42))),
                    new HopFrame.Deliver(
                            3,
                            7,
                            1,
                            42,
                            new MessageId(3, 42),
                            60_000,
                            Message.plain(DEVICE, Payload.ofText("hello"))),
                    new HopFrame.CloseSession(3, 7, 1, EndReason.TAKEN_OVER),
                    new HopFrame.Announce(3, 7, 1),
                    new HopFrame.NotHere(3, 7, 1, 42),
                    new HopFrame.Ping(9, true),
                    new HopFrame.Pong(9));

    private static byte[] bytes(HopFrame frame) {
        ByteBuffer encoded = HopCodec.encode(frame);
        var _ = encoded.getInt(); // the length
        byte[] bytes = new byte[encoded.remaining()];
        encoded.get(bytes);
        return bytes;
    }

    @Test
    void anythingIsAFrameOrMalformed() {
        Fuzz.run(
                FRAMES.stream().map(HopFuzzTest::bytes).toList(),
                (bytes, random) -> {
                    try {
                        var _ = HopCodec.decode(ByteBuffer.wrap(bytes));
                    } catch (MalformedException e) {
                        return; // said so
                    }
                });
    }
}
