package io.lastmile.simulation;

import io.lastmile.edge.session.Session;
import io.lastmile.simulation.PartitionLogs.BroadcastNote;
import io.lastmile.simulation.PartitionLogs.MessageNote;
import io.lastmile.wire.Audience;
import io.lastmile.wire.BroadcastId;
import io.lastmile.wire.ChannelName;
import io.lastmile.wire.Control;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.MemberSource;
import io.lastmile.wire.Message;
import io.lastmile.wire.Partitions;
import io.lastmile.wire.Payload;
import io.lastmile.wire.Urgency;
import io.lastmile.wire.record.BroadcastRecord;
import io.lastmile.wire.record.MarkRecord;
import io.lastmile.wire.record.Receipts;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Producers of broadcasts, and whoever has devices join and leave channels. */
final class Broadcasters {
    private static final List<String> CHANNELS = List.of("a", "b", "c");
    private static final List<String> AUDIENCES =
            List.of("a", "a", "b", "a & b", "a & !b", "b | c", "c & !(a | b)");
    private static final int RECENT_MAX = 10;

    private final World world;
    private final Chance chance;
    private final List<Campaign> recent = new ArrayList<>();
    private final List<Copy> marks = new ArrayList<>();
    private boolean stopped;

    /** A mark that an owner has appended. */
    private record Copy(int partition, MarkRecord mark) {}

    Broadcasters(World world) {
        this.world = world;
        this.chance = world.chance;
    }

    private boolean isOn() {
        return world.plan.has(Trait.BROADCASTS);
    }

    private boolean now(Trait trait, int percent) {
        return world.plan.has(trait) && chance.percent(percent);
    }

    /** Goes on by itself until it is stopped. */
    void produce() {
        if (stopped || !isOn()) {
            return;
        }
        int what = chance.count(1, 100);
        if (what <= 45) {
            joinOrLeave(chance.pick(world.devices));
        } else if (what <= 80) {
            post(some());
        } else if (what <= 92 && !recent.isEmpty()) {
            cancel(chance.pick(recent).id);
        } else if (what <= 96 && !marks.isEmpty() && world.plan.has(Trait.COPIED_RECORDS)) {
            copy(chance.pick(marks));
        } else if (now(Trait.UNREADABLE_RECORDS, 50)) {
            world.kafka.append(() -> world.broadcasts.append(new BroadcastNote.Nonsense()));
        }
        world.agenda.after(
                chance.between(0, Math.max(1_500, 8 * world.plan.messageEveryMs)), this::produce);
    }

    void stop() {
        stopped = true;
    }

    // Members.

    private ChannelName channel() {
        return new ChannelName(chance.pick(CHANNELS));
    }

    private void joinOrLeave(SimulatedDevice device) {
        MemberSource source = chance.percent(50) ? MemberSource.API : MemberSource.DEVICE;
        ChannelName channel = channel();
        Control control =
                chance.percent(65)
                        ? new Control.Join(channel, source)
                        : new Control.Leave(channel, source);
        world.kafka.append(() -> append(device.id, control));
    }

    private void append(DeviceId device, Control control) {
        int partition =
                now(Trait.MISPLACED_RECORDS, 20)
                        ? chance.count(0, world.plan.partitions - 1)
                        : Partitions.of(device, world.plan.partitions);
        long offset =
                world.partitions
                        .get(partition)
                        .messages
                        .append(new MessageNote.Intact(Message.control(device, control)))
                        .offset();
        world.trace.note(() -> device + ": " + control + " at " + partition + "-" + offset);
    }

    /** The device subscribes to channels with its session, and perhaps unsubscribes later. */
    void reachable(SimulatedDevice device, Session session) {
        if (!isOn() || chance.percent(50)) {
            return;
        }
        ChannelName channel = channel();
        MemberSource source = new MemberSource.OfSession(session.id(), session.openedOffset());
        SimulatedEdge edge = DeviceConnection.of(session).edge;
        int partition = device.partition;
        edge.later(
                0,
                300,
                () ->
                        world.kafka.append(() -> {
                            Control join = new Control.Join(channel, source);
                            appendOfEdge(device, partition, join);
                        }));
        if (chance.percent(20)) {
            edge.later(
                    1_000,
                    10_000,
                    () -> {
                        if (!stopped) {
                            world.kafka.append(() -> {
                                Control leave = new Control.Leave(channel, source);
                                appendOfEdge(device, partition, leave);
                            });
                        }
                    });
        }
    }

    private void appendOfEdge(SimulatedDevice device, int partition, Control control) {
        world.partitions
                .get(partition)
                .messages
                .append(new MessageNote.Intact(Message.control(device.id, control)));
        world.trace.note(() -> device.id + ": " + control);
    }

    // Broadcasts.

    private BroadcastRecord.Post some() {
        long ttlSeconds = now(Trait.SHORT_TTLS, 40) ? chance.between(0, 12) : Message.ABSENT;
        int spreadSeconds = chance.percent(20) ? chance.count(1, 6) : 0;
        return post(
                chance.pick(AUDIENCES),
                ttlSeconds,
                now(Trait.COLLAPSE_KEYS, 40) ? "k" : null,
                spreadSeconds,
                chance.pick(List.of(Receipts.values())));
    }

    private BroadcastRecord.Post post(
            String audience,
            long ttlSeconds,
            @Nullable String collapseKey,
            int spreadSeconds,
            Receipts receipts) {
        Message message =
                new Message(
                        BroadcastRecord.ADDRESSEE,
                        Payload.EMPTY,
                        null,
                        ttlSeconds,
                        collapseKey,
                        chance.pick(List.of(Urgency.values())),
                        null,
                        Message.ABSENT,
                        null,
                        null,
                        Message.ABSENT,
                        null,
                        null,
                        List.of());
        return new BroadcastRecord.Post(
                Audience.parse(audience), message, spreadSeconds, receipts, false);
    }

    private void post(BroadcastRecord.Post post) {
        world.kafka.append(() -> {
            SimulatedLog.Entry<BroadcastNote> entry =
                    world.broadcasts.append(new BroadcastNote.Intact(post));
            Campaign campaign =
                    world.books.broadcasts().posted(entry.offset(), entry.appendedAtMs(), post);
            world.trace.note(() -> campaign + " is posted: " + post);
            recent.add(campaign);
            if (recent.size() > RECENT_MAX) {
                recent.removeFirst();
            }
        });
    }

    /** One more to everybody who is in a channel, when all works again. */
    void postLast() {
        if (isOn()) {
            post(post("a | b | c", Message.ABSENT, null, 0, Receipts.AUTO));
        }
    }

    private void cancel(BroadcastId id) {
        world.kafka.append(() -> {
            BroadcastNote cancel = new BroadcastNote.Intact(new BroadcastRecord.Cancel(id));
            long offset = world.broadcasts.append(cancel).offset();
            world.trace.note(() -> "cancel of " + id);
            world.books.broadcasts().postedCancel(offset, id);
        });
    }

    /** An owner has appended a mark, where everybody can read it. */
    void marked(int partition, MarkRecord mark) {
        marks.add(new Copy(partition, mark));
    }

    /** With its seal, so that it has to be where it was. */
    private void copy(Copy copy) {
        world.kafka.append(() -> {
            long offset =
                    world.partitions
                            .get(copy.partition)
                            .messages
                            .append(new MessageNote.Marked(copy.mark))
                            .offset();
            world.trace.note(() -> "copy of a mark at " + copy.partition + "-" + offset);
            world.books.broadcasts().acceptedCopy(copy.partition, offset, copy.mark);
        });
    }
}
