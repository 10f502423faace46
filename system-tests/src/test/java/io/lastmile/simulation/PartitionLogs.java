package io.lastmile.simulation;

import io.lastmile.router.heart.Positions;
import io.lastmile.router.heart.Rejected;
import io.lastmile.simulation.TransactionCoordinator.Appended;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.Message;
import io.lastmile.wire.record.ArrivalRecord;
import io.lastmile.wire.record.EventRecord;
import io.lastmile.wire.record.IdempotencyRecord;
import io.lastmile.wire.record.InboxKey;
import io.lastmile.wire.record.ParkedRecord;
import io.lastmile.wire.record.PresenceRecord;
import io.lastmile.wire.record.ReceiptRecord;
import java.util.List;
import java.util.function.Consumer;
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
    record PresenceNote(DeviceId device, @Nullable PresenceRecord session) implements Keyed {
        @Override
        public Object key() {
            return device;
        }

        @Override
        public boolean isTombstone() {
            return session == null;
        }
    }

    /** A record of the inbox topic. */
    sealed interface InboxNote extends Keyed {
        @Override
        default boolean isTombstone() {
            return false;
        }

        record Claim(String owner) implements InboxNote {
            @Override
            public Object key() {
                return Claim.class;
            }
        }

        record Checkpoint(Positions positions) implements InboxNote {
            @Override
            public Object key() {
                return Checkpoint.class;
            }
        }

        record Parked(InboxKey.Parked key, @Nullable ParkedRecord parked) implements InboxNote {
            @Override
            public boolean isTombstone() {
                return parked == null;
            }
        }

        record Arrived(InboxKey.Arrival key, ArrivalRecord arrival) implements InboxNote {}

        record Known(InboxKey.Idempotency key, @Nullable IdempotencyRecord known)
                implements InboxNote {
            @Override
            public boolean isTombstone() {
                return known == null;
            }
        }
    }

    PartitionLogs(int partition, World world, Consumer<List<Appended<?>>> onCommitted) {
        this.partition = partition;
        SimulatedKafka kafka = world.kafka;
        boolean dirty = world.has(Mutant.UNCOMMITTED_IS_READ);
        messages = new SimulatedLog<>("messages-" + partition, kafka.brokerClock(), dirty);
        events = new SimulatedLog<>("events-" + partition, kafka.brokerClock());
        inbox = new SimulatedLog<>("inbox-" + partition, kafka.brokerClock(), dirty);
        presence = new SimulatedLog<>("presence-" + partition, kafka.brokerClock(), dirty);
        receipts = new SimulatedLog<>("receipts-" + partition, kafka.brokerClock());
        rejects = new SimulatedLog<>("rejects-" + partition, kafka.brokerClock());
        transactions =
                new TransactionCoordinator(
                        world.agenda,
                        world.chance,
                        kafka,
                        !world.has(Mutant.NOBODY_IS_FENCED),
                        onCommitted);
    }
}
