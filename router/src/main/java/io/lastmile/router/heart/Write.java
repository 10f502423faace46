package io.lastmile.router.heart;

import io.lastmile.wire.BroadcastId;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.Message;
import io.lastmile.wire.MessageId;
import io.lastmile.wire.record.ArrivalRecord;
import io.lastmile.wire.record.BroadcastFacts;
import io.lastmile.wire.record.BroadcastStateRecord;
import io.lastmile.wire.record.IdempotencyRecord;
import io.lastmile.wire.record.MarkRecord;
import io.lastmile.wire.record.MemberRecord;
import io.lastmile.wire.record.OutcomesRecord;
import io.lastmile.wire.record.ParkedRecord;
import io.lastmile.wire.record.PresenceRecord;
import io.lastmile.wire.record.ReceiptRecord;
import io.lastmile.wire.record.SummaryRecord;
import org.jspecify.annotations.Nullable;

/** One record of an owner's transaction. */
public sealed interface Write {
    /** The terminal outcome of a message. */
    record Receipt(DeviceId device, ReceiptRecord receipt) implements Write {}

    /** A message is in the durable inbox from now on. */
    record Park(DeviceId device, long offset, ParkedRecord parked) implements Write {}

    /** A parked message is settled. */
    record Unpark(DeviceId device, long offset) implements Write {}

    /** An idempotency key begins its window. */
    record Remember(DeviceId device, String key, IdempotencyRecord known) implements Write {}

    /** An idempotency key's window is over. */
    record Forget(DeviceId device, String key) implements Write {}

    /** A misplaced message has arrived from another partition. */
    record Arrive(int fromPartition, ArrivalRecord arrival) implements Write {}

    /** The device is reachable in this session. */
    record Online(DeviceId device, PresenceRecord presence) implements Write {}

    /** The device is not reachable. */
    record Offline(DeviceId device) implements Write {}

    /** The device is in these channels; null where it is in none and waits for none. */
    record Membership(DeviceId device, @Nullable MemberRecord member) implements Write {}

    /** A control record of the device, appended to this partition of messages. */
    record Control(DeviceId device, io.lastmile.wire.Control control) implements Write {}

    /** A broadcast gets its place in this partition of messages. */
    record Mark(MarkRecord mark) implements Write {}

    /** A broadcast waits for its time; null where it waits no more. */
    record Schedule(BroadcastId id, @Nullable BroadcastFacts facts) implements Write {}

    /** How a broadcast stands, by the offset of its mark; null where nothing is kept of it. */
    record BroadcastState(long offset, @Nullable BroadcastStateRecord state) implements Write {}

    /** Who of some members of a broadcast ended how; null where nothing is kept of them. */
    record Outcomes(long offset, int piece, @Nullable OutcomesRecord outcomes) implements Write {}

    /** The outcome of many copies. */
    record Summary(SummaryRecord summary) implements Write {}

    /** What could not be understood, for the rejects topic. */
    record Reject(long offset, String reason, Rejected rejected) implements Write {}

    /**
     * The message, appended again: in the partition that its key hashes to, or because it is due.
     *
     * @param origin its first id
     * @param acceptedAtMs its first append time
     */
    record Reappend(int partition, MessageId origin, long acceptedAtMs, Message message)
            implements Write {}

    /** The state that all of the above lead to. */
    record Checkpoint(Positions positions) implements Write {}
}
