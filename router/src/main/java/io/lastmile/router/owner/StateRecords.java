package io.lastmile.router.owner;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.lastmile.router.heart.Positions;
import io.lastmile.router.heart.Write;
import io.lastmile.wire.record.CheckpointRecord;
import io.lastmile.wire.record.InboxKey;
import io.lastmile.wire.record.MarkRecord;
import io.lastmile.wire.record.SummaryRecord;
import io.lastmile.wire.record.Topic;
import org.jspecify.annotations.Nullable;

/** Which record of which topic a write of the heart is; {@link ClaimedState} reads it back. */
public final class StateRecords {
    private StateRecords() {}

    /** Takes a record of the owner's own partition; one without a value is a tombstone. */
    public interface Sink<R> {
        /** Makes of it whatever is to be written. */
        R record(Topic topic, byte[] key, byte @Nullable [] value);
    }

    /**
     * The record of a write.
     *
     * @param epoch of the owner
     * @param write none of those that are appended to messages or copied to rejects
     */
    public static <R> R of(Write write, long epoch, LogIds ids, Sink<R> sink) {
        return switch (write) {
            case Write.Receipt(var device, var receipt) ->
                    sink.record(Topic.RECEIPTS, device.bytes(), receipt.encode());
            case Write.Park(var device, var offset, var parked) ->
                    inbox(sink, new InboxKey.Parked(device, offset), parked.encode());
            case Write.Unpark(var device, var offset) ->
                    inbox(sink, new InboxKey.Parked(device, offset), null);
            case Write.Remember(var device, var key, var known) ->
                    inbox(sink, new InboxKey.Idempotency(device, key), known.encode());
            case Write.Forget(var device, var key) ->
                    inbox(sink, new InboxKey.Idempotency(device, key), null);
            case Write.Arrive(var from, var arrival) ->
                    inbox(sink, new InboxKey.Arrival(from), arrival.encode());
            case Write.Online(var device, var presence) ->
                    sink.record(Topic.PRESENCE, device.bytes(), presence.encode());
            case Write.Offline(var device) -> sink.record(Topic.PRESENCE, device.bytes(), null);
            case Write.Checkpoint(var positions) ->
                    inbox(sink, new InboxKey.Checkpoint(), checkpoint(positions, epoch, ids));
            case Write.Membership(var device, var member) ->
                    sink.record(
                            Topic.MEMBERS, device.bytes(), member == null ? null : member.encode());
            case Write.Schedule(var id, var facts) ->
                    inbox(
                            sink,
                            new InboxKey.Scheduled(id),
                            facts == null
                                    ? null
                                    : new MarkRecord(0, MarkRecord.ALL, facts).encode());
            case Write.BroadcastState(var offset, var state) ->
                    inbox(sink, new InboxKey.Mark(offset), state == null ? null : state.encode());
            case Write.Outcomes(var offset, var piece, var outcomes) ->
                    inbox(
                            sink,
                            new InboxKey.Members(offset, piece),
                            outcomes == null ? null : outcomes.encode());
            case Write.Summary(var summary) ->
                    sink.record(
                            Topic.RECEIPTS,
                            SummaryRecord.key(summary.broadcast()).getBytes(US_ASCII),
                            summary.encode());
            case Write.Reject _, Write.Reappend _, Write.Control _, Write.Mark _ ->
                    throw new IllegalArgumentException("no state: " + write);
        };
    }

    private static <R> R inbox(Sink<R> sink, InboxKey key, byte @Nullable [] value) {
        return sink.record(Topic.INBOX, key.encode(), value);
    }

    private static byte[] checkpoint(Positions positions, long epoch, LogIds ids) {
        return new CheckpointRecord(
                        epoch,
                        positions.watermark(),
                        positions.eventsPosition(),
                        ids.partitions(),
                        ids.messages(),
                        ids.events(),
                        positions.broadcasts(),
                        positions.settledAbove())
                .encode();
    }
}
