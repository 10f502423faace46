package io.lastmile.node.replay;

import io.lastmile.wire.DeviceId;
import io.lastmile.wire.Message;
import io.lastmile.wire.MessageId;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.SequencedSet;

/**
 * Decides which messages are sent again, to whom, and as what. One that its owner appended again,
 * or that is itself a repetition, counts once, by its first id. One thread.
 */
public final class Repeats {
    /** So many repetitions are remembered; one that is forgotten may be repeated twice. */
    static final int SEEN_MAX = 1_000_000;

    private final String name;
    private final List<DeviceId> targets;
    private final SequencedSet<MessageId> seen = new LinkedHashSet<>();
    private long skipped;

    /**
     * Nothing decided yet.
     *
     * @param name of the replay: with an id it makes the idempotency key of a copy
     * @param targets who gets the copies; empty for those who got the originals. The messages of
     *     one device all go to one of them, so that they keep their order
     */
    public Repeats(String name, List<DeviceId> targets) {
        this.name = name;
        this.targets = List.copyOf(targets);
    }

    /**
     * The message to send for one that was read, or none.
     *
     * @param firstRead the first offset of the place's partition that this replay has read
     * @param isMisplaced whether it stands in another partition than its device's: there its owner
     *     has appended it again
     */
    Optional<Message> of(Message read, MessageId place, long firstRead, boolean isMisplaced) {
        if (read.control() != null || isRead(read, place, firstRead, isMisplaced)) {
            skipped++;
            return Optional.empty();
        }
        DeviceId target = target(read.device());
        MessageId first = firstId(read, place);
        return Optional.of(
                new Message(
                        target,
                        read.payload(),
                        read.contentType(),
                        read.ttlSeconds(),
                        // Messages of several devices must not replace each other at a third.
                        target.equals(read.device()) ? read.collapseKey() : null,
                        read.urgency(),
                        "replay-" + name + "-" + first,
                        Message.ABSENT,
                        null,
                        null,
                        Message.ABSENT,
                        first,
                        read.traceparent(),
                        read.attributes()));
    }

    /** Whether it repeats what this replay has already read. */
    private boolean isRead(Message read, MessageId place, long firstRead, boolean isMisplaced) {
        MessageId first = firstId(read, place);
        if (first.equals(place) && !isMisplaced) {
            return false;
        }
        if (!first.equals(place)
                && first.partition() == place.partition()
                && first.offset() >= firstRead) {
            return true;
        }
        if (seen.size() == SEEN_MAX) {
            seen.removeFirst();
        }
        return !seen.add(first);
    }

    private DeviceId target(DeviceId source) {
        return targets.isEmpty()
                ? source
                : targets.get(Math.floorMod(source.value().hashCode(), targets.size()));
    }

    /** What cannot be understood was rejected the first time, and would be again. */
    void skip() {
        skipped++;
    }

    /** How many were read and not sent: cancels, repetitions, what cannot be understood. */
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
