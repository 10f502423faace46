package io.lastmile.node.trace;

import io.lastmile.wire.Incarnation;
import io.lastmile.wire.SessionId;
import io.lastmile.wire.record.EventRecord;
import io.lastmile.wire.record.NodeRecord;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The sessions of one device, from events and from the word that edges are gone. One thread. */
public final class SessionLog {
    private final Map<Incarnation, NodeRecord.Gone> gone;
    private final Map<SessionId, Step> opened = new LinkedHashMap<>();
    private final Map<SessionId, Step> ended = new LinkedHashMap<>();

    /** Without sessions yet; knows which edges are gone. */
    public SessionLog(Map<Incarnation, NodeRecord.Gone> gone) {
        this.gone = gone;
    }

    void opened(EventRecord.Opened event) {
        opened.putIfAbsent(event.session(), Step.opened(event)); // announced again: the same
        NodeRecord.Gone end = gone.get(event.session().edge());
        if (end != null) {
            ended.putIfAbsent(event.session(), Step.gone(end.atMs(), event.session(), end.by()));
        }
    }

    void ended(EventRecord.Ended event) {
        ended.put(event.session(), Step.ended(event));
    }

    /** Every opening and end. */
    List<Step> steps() {
        List<Step> steps = new ArrayList<>(opened.values());
        steps.addAll(ended.values());
        return steps;
    }

    /** How the device's newest session stands; null where no session is known. */
    @Nullable Step latest() {
        Step latest = null;
        for (Map.Entry<SessionId, Step> session : opened.entrySet()) {
            latest = ended.getOrDefault(session.getKey(), session.getValue());
        }
        return latest == null && !ended.isEmpty()
                ? ended.values().stream().reduce((_, last) -> last).orElseThrow()
                : latest;
    }

    /** The session that was open at a time, or null: the device was offline. */
    @Nullable Step openAt(long timeMs) {
        Step open = null;
        for (Map.Entry<SessionId, Step> session : opened.entrySet()) {
            Step end = ended.get(session.getKey());
            boolean isOver = end != null && end.atMs() <= timeMs;
            if (session.getValue().atMs() <= timeMs && !isOver) {
                open = session.getValue();
            }
        }
        return open;
    }

    /** The last end before a time, or null. */
    @Nullable Step endBefore(long timeMs) {
        Step last = null;
        for (Step end : ended.values()) {
            if (end.atMs() <= timeMs && (last == null || end.atMs() >= last.atMs())) {
                last = end;
            }
        }
        return last;
    }
}
