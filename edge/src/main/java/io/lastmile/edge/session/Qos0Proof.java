package io.lastmile.edge.session;

import io.lastmile.wire.record.EventRecord.Ack;
import io.lastmile.wire.record.Proof;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The messages at QoS 0 whose bytes are not known to be in the socket: that they are is all the
 * proof that there is. One thread.
 */
final class Qos0Proof {
    private final List<Long> offsets = new ArrayList<>(0);

    boolean isEmpty() {
        return offsets.isEmpty();
    }

    void wrote(long offset) {
        offsets.add(offset);
    }

    /** The next session may be given the same again. */
    void forget() {
        offsets.clear();
    }

    /** The socket has taken everything: none stays. */
    List<Ack> taken(@Nullable Session session, long nowMs) {
        if (offsets.isEmpty() || session == null) {
            offsets.clear();
            return List.of();
        }
        List<Ack> acks =
                offsets.stream()
                        .map(offset -> session.settle(offset, Proof.SENT, 0, nowMs))
                        .filter(Objects::nonNull)
                        .toList();
        offsets.clear();
        return acks;
    }
}
