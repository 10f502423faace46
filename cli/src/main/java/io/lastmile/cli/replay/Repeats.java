package io.lastmile.cli.replay;

import io.lastmile.wire.DeviceId;
import io.lastmile.wire.Header;
import io.lastmile.wire.MalformedException;
import io.lastmile.wire.Message;
import io.lastmile.wire.MessageId;
import io.lastmile.wire.Payload;
import io.lastmile.wire.record.MessageRecord;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Decides which records of a device are sent again, and as what. A message that its owner appended
 * again, or that is itself a repetition, counts once, by its first id.
 */
final class Repeats {
    private final DeviceId target;
    private final Set<MessageId> seen = new HashSet<>();
    private long skipped;

    Repeats(DeviceId target) {
        this.target = target;
    }

    /** The message to send for a record, or none. */
    Optional<Message> of(DeviceId device, Payload payload, List<Header> headers, MessageId place) {
        Message read;
        try {
            read = MessageRecord.decode(device, payload, headers);
        } catch (MalformedException e) {
            skipped++; // it was rejected the first time, and would be again
            return Optional.empty();
        }
        MessageId first = firstId(read, place);
        if (read.cancel() != null || !seen.add(first)) {
            skipped++;
            return Optional.empty();
        }
        return Optional.of(
                new Message(
                        target,
                        payload,
                        read.contentType(),
                        read.ttlSeconds(),
                        read.collapseKey(),
                        read.urgency(),
                        null, // with its key it would be rejected as a duplicate
                        Message.ABSENT,
                        null,
                        null,
                        Message.ABSENT,
                        first,
                        read.traceparent(),
                        read.attributes()));
    }

    /** How many records were read and not sent: cancels, repetitions, what cannot be understood. */
    long skipped() {
        return skipped;
    }

    private static MessageId firstId(Message message, MessageId place) {
        if (message.replayOf() != null) {
            return message.replayOf();
        }
        return message.origin() != null ? message.origin() : place;
    }
}
