package io.lastmile.edge.session;

import java.util.ArrayList;
import java.util.List;

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
    List<Long> taken() {
        List<Long> taken = List.copyOf(offsets);
        offsets.clear();
        return taken;
    }
}
