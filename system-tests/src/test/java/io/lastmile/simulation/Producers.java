package io.lastmile.simulation;

import io.lastmile.simulation.PartitionLogs.MessageNote;
import io.lastmile.wire.Control;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.Message;
import io.lastmile.wire.MessageId;
import io.lastmile.wire.Partitions;
import io.lastmile.wire.Payload;
import io.lastmile.wire.Urgency;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** All producers: what they append to messages, with everything that a seed's traits allow. */
final class Producers {
    private static final int RECENT_MAX = 30;
    private static final Payload LONG = Payload.of(new byte[Plan.PAYLOAD_BYTES_MAX + 1]);

    private final World world;
    private final Chance chance;
    private final List<Story> recent = new ArrayList<>();
    private final List<Copy> appendedAgain = new ArrayList<>();
    private long keys;
    private boolean stopped;

    /** A record of an owner's. */
    private record Copy(int partition, Message message) {}

    Producers(World world) {
        this.world = world;
        this.chance = world.chance;
    }

    /** Goes on by itself until it is stopped. */
    void produce() {
        if (stopped) {
            return;
        }
        SimulatedDevice device = chance.pick(world.devices);
        int burst = chance.percent(5) ? chance.count(2, 30) : 1;
        for (int i = 0; i < burst; i++) {
            appendSoon(device);
        }
        world.agenda.after(chance.between(0, 2 * world.plan.messageEveryMs), this::produce);
    }

    void stop() {
        stopped = true;
    }

    private boolean now(Trait trait, int percent) {
        return world.plan.has(trait) && chance.percent(percent);
    }

    private void appendSoon(SimulatedDevice device) {
        Runnable append;
        if (now(Trait.COPIED_RECORDS, 10) && !appendedAgain.isEmpty()) {
            append = () -> copy(chance.pick(appendedAgain));
        } else if (now(Trait.UNREADABLE_RECORDS, 5)) {
            DeviceId key = chance.percent(50) ? device.id : null;
            append = () -> nonsense(device.partition, key);
        } else if (now(Trait.CANCELS, 20) && !recent.isEmpty()) {
            append = () -> cancel(chance.pick(recent));
        } else {
            append = () -> append(device, some(device));
        }
        world.kafka.append(append);
    }

    private Message some(SimulatedDevice device) {
        long ttlSeconds = now(Trait.SHORT_TTLS, 40) ? chance.between(0, 12) : Message.ABSENT;
        return new Message(
                device.id,
                now(Trait.UNREADABLE_RECORDS, 3) ? LONG : Payload.EMPTY,
                null,
                ttlSeconds,
                now(Trait.COLLAPSE_KEYS, 30) ? (chance.percent(50) ? "a" : "b") : null,
                chance.pick(List.of(Urgency.values())),
                now(Trait.IDEMPOTENCY_KEYS, 40) ? idempotencyKey() : null,
                now(Trait.NOT_BEFORE, 25)
                        ? world.agenda.nowMs() + chance.between(-1_000, 10_000)
                        : Message.ABSENT,
                null,
                null,
                Message.ABSENT,
                null,
                null,
                List.of());
    }

    /** A new one, or one of the last ones again. */
    private String idempotencyKey() {
        return "k" + Math.max(0, chance.percent(50) ? ++keys : keys - chance.count(0, 3));
    }

    /** Appends a message that says nothing but whom it is for. */
    Story appendPlain(SimulatedDevice device) {
        return append(device, Message.plain(device.id, Payload.EMPTY));
    }

    private Story append(SimulatedDevice device, Message message) {
        int partition = partitionFor(device.id);
        SimulatedLog.Entry<MessageNote> entry =
                world.partitions.get(partition).messages.append(new MessageNote.Intact(message));
        world.trace.note(() -> "message " + partition + "-" + entry.offset() + " " + message);
        Story story =
                world.books.accepted(partition, entry.offset(), entry.appendedAtMs(), message);
        recent.add(story);
        if (recent.size() > RECENT_MAX) {
            recent.removeFirst();
        }
        return story;
    }

    private int partitionFor(DeviceId device) {
        return now(Trait.MISPLACED_RECORDS, 20)
                ? chance.count(0, world.plan.partitions - 1)
                : Partitions.of(device, world.plan.partitions);
    }

    /** Takes a message back, or one that never was. */
    private void cancel(Story story) {
        MessageId id =
                chance.percent(90) ? story.id : new MessageId(story.id.partition(), 1_000_000);
        Message control =
                new Message(
                        story.device,
                        Payload.EMPTY,
                        null,
                        Message.ABSENT,
                        null,
                        Urgency.NORMAL,
                        null,
                        Message.ABSENT,
                        new Control.Cancel(id),
                        null,
                        Message.ABSENT,
                        null,
                        null,
                        List.of());
        int partition = partitionFor(story.device);
        world.partitions.get(partition).messages.append(new MessageNote.Intact(control));
        world.trace.note(() -> "cancel of " + id);
        world.books.acceptedCancel(id);
    }

    /** An owner has appended a message again, where everybody can read it. */
    void appendedAgain(int partition, Message message) {
        appendedAgain.add(new Copy(partition, message));
        if (appendedAgain.size() > RECENT_MAX) {
            appendedAgain.removeFirst();
        }
    }

    /** With its seal, so that it has to be where it was. */
    private void copy(Copy copy) {
        long offset =
                world.partitions
                        .get(copy.partition)
                        .messages
                        .append(new MessageNote.Intact(copy.message))
                        .offset();
        MessageId id = Objects.requireNonNull(copy.message.origin(), "appended again");
        world.trace.note(() -> "copy " + copy.partition + "-" + offset + " of " + id);
        world.books.acceptedCopy(copy.partition, offset, id);
    }

    private void nonsense(int partition, @Nullable DeviceId device) {
        long offset =
                world.partitions
                        .get(partition)
                        .messages
                        .append(new MessageNote.Nonsense(device))
                        .offset();
        world.trace.note(() -> "nonsense " + partition + "-" + offset);
        world.books.acceptedUnreadable(partition, offset, device);
    }
}
