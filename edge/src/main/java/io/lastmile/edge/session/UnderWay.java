package io.lastmile.edge.session;

import io.lastmile.wire.EndReason;
import org.jspecify.annotations.Nullable;

/**
 * What is going on in a session: messages that the device has not acknowledged, events that Kafka
 * has not confirmed, its end. It exists only while there is something.
 */
final class UnderWay {
    final Window window;
    int announcementsUnconfirmed;
    int acksUnconfirmed;
    @Nullable EndReason endReason;
    boolean endedTaken;
    boolean takesNoMore;

    UnderWay(int windowMessages, int lastPacketId) {
        window = new Window(windowMessages, lastPacketId);
    }

    boolean isOver() {
        return window.size() == 0
                && announcementsUnconfirmed == 0
                && acksUnconfirmed == 0
                && endReason == null
                && !takesNoMore;
    }
}
