package io.lastmile.edge.hop;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lastmile.wire.DeviceId;
import io.lastmile.wire.hop.HopFrame.HeldSession;
import io.lastmile.wire.hop.HopFrame.Own;
import io.lastmile.wire.hop.HopFrame.Sessions;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OwnAnswerTest {
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 999, 1_000, 1_001, 2_000, 2_500})
    void theSessionsComeInFramesOfWhichOneIsTheLast(int count) {
        List<HeldSession> all =
                LongStream.rangeClosed(1, count)
                        .mapToObj(n -> new HeldSession(new DeviceId("d" + n), n, n, -1))
                        .toList();
        List<Sessions> frames = OwnAnswer.frames(new Own(3, 10, 2), 5_000, all);
        assertEquals(Math.max(1, (count + 999) / 1_000), frames.size());
        assertEquals(all, frames.stream().flatMap(frame -> frame.sessions().stream()).toList());
        assertEquals(1, frames.stream().filter(Sessions::last).count());
        assertEquals(true, frames.getLast().last());
    }
}
