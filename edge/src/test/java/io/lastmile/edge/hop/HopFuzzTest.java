package io.lastmile.edge.hop;

import io.lastmile.edge.Fuzz;
import io.lastmile.wire.DeviceId;
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
    private static byte[] bytes(HopFrame frame) {
        ByteBuffer encoded = HopCodec.encode(frame);
        var _ = encoded.getInt(); // the length
        byte[] bytes = new byte[encoded.remaining()];
        encoded.get(bytes);
        return bytes;
    }

    @Test
    void anythingIsAFrameOrMalformed() {
        HopFrame deliver =
                new HopFrame.Deliver(
                        3,
                        7,
                        1,
                        42,
                        new MessageId(3, 42),
                        60_000,
                        Message.plain(new DeviceId("phone-1"), Payload.ofText("hello")));
        Fuzz.run(
                List.of(bytes(deliver)),
                (bytes, random) -> {
                    try {
                        var _ = HopCodec.decode(ByteBuffer.wrap(bytes));
                    } catch (MalformedException e) {
                        return; // said so
                    }
                });
    }
}
