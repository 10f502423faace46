package io.lastmile.simulation;

import io.lastmile.router.heart.Positions;
import io.lastmile.router.heart.Rejected;
import io.lastmile.simulation.TransactionCoordinator.Appended;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.Message;
import io.lastmile.wire.record.EventRecord;
import io.lastmile.wire.record.IdempotencyRecord;
import io.lastmile.wire.record.InboxKey;
import io.lastmile.wire.record.ParkedRecord;
import io.lastmile.wire.record.PresenceRecord;
import io.lastmile.wire.record.ReceiptRecord;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** One partition of every topic that has partitions, and its owner's transactional id. */
final class PartitionLogs {
    final int partition;
    final SimulatedLog<MessageNote> messages;
    final SimulatedLog<EdgeEvent> events;
    final SimulatedLog<InboxNote> inbox;
    final SimulatedLog<PresenceNote> presence;
    final SimulatedLog<ReceiptNote> receipts;
    final SimulatedLog<RejectNote> rejects;
    final TransactionCoordinator transactions;

    /** A record of messages. */
    sealed interface MessageNote {
        record Intact(Message message) implements MessageNote {}

        /**
         * Nobody can understand it.
         *
         * @param device null where not even the key is one
         */
        record Nonsense(@Nullable DeviceId device) implements MessageNote, Rejected {}
    }

    /** A record of events. */
    record EdgeEvent(DeviceId device, EventRecord event) {}

    /** A record of receipts. */
    record ReceiptNote(DeviceId device, ReceiptRecord receipt) {}

    /** A record of rejects: what stood at that offset of messages. */
    record RejectNote(long offset) {}

    /** A record of presence; a tombstone where there is no session. */
    record PresenceNote(DeviceId device, @Nullable PresenceRecord session) {}

    /** A record of the inbox topic. */
    sealed interface InboxNote {
        record Claim(String owner) implements InboxNote {}

        record Checkpoint(Positions positions) implements InboxNote {}

        record Parked(InboxKey.Parked key, @Nullable ParkedRecord parked) implements InboxNote {}

        record Known(InboxKey.Idempotency key, @Nullable IdempotencyRecord known)
                implements InboxNote {}
    }

    PartitionLogs(int partition, World world, Consumer<List<Appended<?>>> onCommitted) {
        this.partition = partition;
        LongSupplier clock = world.kafka.brokerClock();
        boolean dirty = world.has(Mutant.UNCOMMITTED_IS_READ);
        messages = new SimulatedLog<>("messages-" + partition, clock, dirty);
        events = new SimulatedLog<>("events-" + partition, clock);
        inbox = new SimulatedLog<>("inbox-" + partition, clock, dirty);
        presence = new SimulatedLog<>("presence-" + partition, clock, dirty);
        receipts = new SimulatedLog<>("receipts-" + partition, clock);
        rejects = new SimulatedLog<>("rejects-" + partition, clock);
        transactions =
                new TransactionCoordinator(
                        world.agenda,
                        world.chance,
                        world.kafka,
                        !world.has(Mutant.NOBODY_IS_FENCED),
                        onCommitted);
    }
}
