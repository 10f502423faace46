package io.lastmile.bench.micro;

import io.lastmile.wire.MessageId;
import io.lastmile.wire.hop.HopCodec;
import io.lastmile.wire.hop.HopFrame;
import io.lastmile.wire.hop.HopFrame.Deliver;
import java.nio.ByteBuffer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** The frame that carries a message from the router to the edge. */
@State(Scope.Thread)
public class HopFrames {
    private final Deliver deliver =
            new Deliver(
                    7,
                    1_000,
                    123_456,
                    9_876_543,
                    new MessageId(7, 9_876_543),
                    60_000,
                    Typical.message(Typical.device(123_456)));
    private final ByteBuffer bytes =
            HopCodec.encode(deliver).position(HopCodec.LENGTH_BYTES).slice();

    /** By the router, for each message that it sends. */
    @Benchmark
    public ByteBuffer encodeDeliver() {
        return HopCodec.encode(deliver);
    }

    /** By the edge, for each message that it is given. */
    @Benchmark
    public HopFrame decodeDeliver() {
        return HopCodec.decode(bytes.rewind());
    }
}
