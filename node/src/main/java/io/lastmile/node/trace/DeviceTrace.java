package io.lastmile.node.trace;

import io.lastmile.wire.Control;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.Message;
import io.lastmile.wire.MessageId;
import io.lastmile.wire.record.EventRecord;
import io.lastmile.wire.record.ReceiptRecord;
import io.lastmile.wire.record.RevocationRecord;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The sessions and the messages of one device as one timeline. One thread. */
public final class DeviceTrace {
    private final DeviceId device;
    private final int partition;
    private final SessionLog sessions;
    private final long fromMs;
    private final Map<Long, MessageId> idsByOffset = new HashMap<>();
    private final List<Step> steps = new ArrayList<>();
    private @Nullable RevocationRecord revocation;

    /** Nothing known yet. What happened before that time is told only as far as it lasts. */
    public DeviceTrace(DeviceId device, int partition, SessionLog sessions, long fromMs) {
        this.device = device;
        this.partition = partition;
        this.sessions = sessions;
        this.fromMs = fromMs;
    }

    public void message(MessageId place, long atMs, Message message) {
        MessageId origin = message.origin();
        Control control = message.control();
        if (control != null) {
            steps.add(Step.control(control, atMs, place));
        } else if (origin != null) {
            idsByOffset.put(place.offset(), origin);
            steps.add(Step.appendedAgain(origin, atMs, place));
        } else {
            steps.add(Step.accepted(place, atMs, message));
        }
    }

    public void settled(ReceiptRecord receipt) {
        idsByOffset.put(receipt.offset(), receipt.id());
        steps.add(Step.settled(receipt));
    }

    public void event(EventRecord event) {
        switch (event) {
            case EventRecord.Opened opened -> sessions.opened(opened);
            case EventRecord.Ended ended -> sessions.ended(ended);
            case EventRecord.Acked acked -> {
                for (EventRecord.Ack ack : acked.acks()) {
                    MessageId place = new MessageId(partition, ack.offset());
                    MessageId id = idsByOffset.getOrDefault(ack.offset(), place);
                    steps.addAll(Step.acked(id, acked.session(), ack));
                }
            }
        }
    }

    /** It may not connect, as things are now. */
    public void lockedOut(RevocationRecord record) {
        revocation = record;
    }

    public DeviceId device() {
        return device;
    }

    /** In the order of time; the first says how the device stood before. */
    public List<Step> steps() {
        List<Step> all = new ArrayList<>(steps);
        all.addAll(sessions.steps());
        all.removeIf(step -> step.atMs() < fromMs);
        Step before = sessions.openAt(fromMs);
        before = before != null ? before : sessions.endBefore(fromMs);
        if (before != null && before.atMs() < fromMs) {
            all.add(before);
        }
        if (revocation != null) {
            all.add(Step.lockedOut(revocation)); // whenever that was: it still counts
        }
        return Step.inOrder(all);
    }
}
