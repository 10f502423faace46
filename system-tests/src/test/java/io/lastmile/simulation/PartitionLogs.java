package io.lastmile.simulation;

import io.lastmile.router.heart.Rejected;
import io.lastmile.router.heart.Write;
import io.lastmile.router.owner.LogIds;
import io.lastmile.router.owner.StateRecords;
import io.lastmile.simulation.TransactionCoordinator.Append;
import io.lastmile.simulation.TransactionCoordinator.Appended;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.Message;
import io.lastmile.wire.record.BroadcastRecord;
import io.lastmile.wire.record.CopiesAckedRecord;
import io.lastmile.wire.record.EventRecord;
import io.lastmile.wire.record.MarkRecord;
import io.lastmile.wire.record.Topic;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One partition of every topic that has partitions, and its owner's transactional id. */
final class PartitionLogs {
    final int partition;
    final SimulatedLog<MessageNote> messages;
    final SimulatedLog<EdgeEvent> events;
    final SimulatedLog<StateNote> inbox;
    final SimulatedLog<StateNote> presence;
    final SimulatedLog<StateNote> members;
    final SimulatedLog<Write> receipts; // and summaries
    final SimulatedLog<Rejection> rejects;
    final SimulatedLog<StateNote> strangers;
    final TransactionCoordinator transactions;
    final LogIds ids;

    /** A record of messages. */
    sealed interface MessageNote {
        record Intact(Message message) implements MessageNote {}

        /** The mark of a broadcast. */
        record Marked(MarkRecord mark) implements MessageNote {}

        /**
         * Nobody can understand it.
         *
         * @param device null where not even the key is one
         */
        record Nonsense(@Nullable DeviceId device) implements MessageNote, Rejected {}
    }

    /** A record of events. */
    sealed interface EdgeEvent {
        /** Of one session. */
        record OfSession(DeviceId device, EventRecord event) implements EdgeEvent {}

        /** Of many sessions that have a broadcast. */
        record OfCopies(CopiesAckedRecord acked) implements EdgeEvent {}
    }

    /** A record of broadcasts. */
    sealed interface BroadcastNote {
        /** As its producer wrote it. */
        record Intact(BroadcastRecord record) implements BroadcastNote {}

        /** Nobody can understand it. */
        record Nonsense() implements BroadcastNote, Rejected {}
    }

    /** A record of rejects: what stood at that offset of messages, or of broadcasts. */
    record Rejection(long offset, boolean ofBroadcasts) {}

    /** A record of inbox or presence: bytes, and the write that they were made of, if any was. */
    static final class StateNote implements Keyed, Rejected {
        final byte[] key;
        final byte @Nullable [] value;
        final @Nullable Write write;

        StateNote(byte[] key, byte @Nullable [] value, @Nullable Write write) {
            this.key = key;
            this.value = value;
            this.write = write;
        }

        @Override
        public Object key() {
            return ByteBuffer.wrap(key);
        }

        @Override
        public boolean isTombstone() {
            return value == null;
        }
    }

    PartitionLogs(int partition, World world, Consumer<List<Appended<?>>> onCommitted) {
        this.partition = partition;
        this.ids = new LogIds(world.plan.partitions, "messages", "events");
        SimulatedKafka kafka = world.kafka;
        boolean dirty = world.has(Mutant.UNCOMMITTED_IS_READ);
        messages = new SimulatedLog<>("messages-" + partition, kafka.brokerClock(), dirty);
        events = new SimulatedLog<>("events-" + partition, kafka.brokerClock());
        inbox = new SimulatedLog<>("inbox-" + partition, kafka.brokerClock(), dirty);
        presence = new SimulatedLog<>("presence-" + partition, kafka.brokerClock(), dirty);
        members = new SimulatedLog<>("members-" + partition, kafka.brokerClock(), dirty);
        receipts = new SimulatedLog<>("receipts-" + partition, kafka.brokerClock());
        rejects = new SimulatedLog<>("rejects-" + partition, kafka.brokerClock());
        strangers = new SimulatedLog<>("strangers-" + partition, kafka.brokerClock());
        transactions =
                new TransactionCoordinator(
                        world.agenda,
                        world.chance,
                        kafka,
                        !world.has(Mutant.NOBODY_IS_FENCED),
                        onCommitted);
    }

    /** What a write of the owner's heart appends, and where. */
    Append<?> append(World world, Write write, long epoch) {
        return switch (write) {
            case Write.Receipt receipt -> new Append<>(receipts, receipt);
            case Write.Summary summary -> new Append<>(receipts, summary);
            case Write.Mark(var mark) -> new Append<>(messages, new MessageNote.Marked(mark));
            case Write.Control(var device, var control) ->
                    new Append<>(
                            messages, new MessageNote.Intact(Message.control(device, control)));
            case Write.Reject reject ->
                    new Append<>(
                            rejects,
                            new Rejection(
                                    reject.offset(),
                                    reject.rejected() instanceof BroadcastNote.Nonsense));
            case Write.Reappend(var to, var origin, var acceptedAtMs, var message) ->
                    new Append<>(
                            world.partitions.get(to).messages,
                            new MessageNote.Intact(message.appendedAgain(origin, acceptedAtMs)));
            default ->
                    StateRecords.of(
                            write,
                            epoch,
                            ids,
                            (topic, key, value) ->
                                    new Append<>(state(topic), new StateNote(key, value, write)));
        };
    }

    SimulatedLog<StateNote> state(Topic topic) {
        return switch (topic) {
            case PRESENCE -> presence;
            case MEMBERS -> members;
            default -> inbox;
        };
    }

    SimulatedLog<?> log(Topic topic) {
        return switch (topic) {
            case MESSAGES -> messages;
            case EVENTS -> events;
            default -> state(topic);
        };
    }
}
