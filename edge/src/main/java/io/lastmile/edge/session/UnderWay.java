package io.lastmile.edge.session;

import io.lastmile.wire.EndReason;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is going on in a session: messages that the device has not acknowledged, events that Kafka
 * has not confirmed, its end. It exists only while there is something.
 */
final class UnderWay {
    /** How far it has come on its way to the end; see {@link Session}. */
    enum Phase {
        OPEN,
        TAKES_NO_MORE,
        ENDING,
        ENDED
    }

    final Window window;
    int announcementsUnconfirmed;
    int acksUnconfirmed;
    Phase phase = Phase.OPEN;
    @Nullable EndReason endReason;

    /** What is due once the device can be reached. */
    List<Runnable> onReachable = List.of();

    UnderWay(int windowMessages, int lastPacketId) {
        window = new Window(windowMessages, lastPacketId);
    }

    void whenReachable(Runnable action) {
        if (onReachable.isEmpty()) {
            onReachable = new ArrayList<>(1);
        }
        onReachable.add(action);
    }

    boolean isOver() {
        return window.size() == 0
                && announcementsUnconfirmed == 0
                && acksUnconfirmed == 0
                && phase == Phase.OPEN;
    }
}
