package io.lastmile.simulation;

import io.lastmile.router.heart.Write;
import io.lastmile.simulation.PartitionLogs.InboxNote;
import io.lastmile.simulation.PartitionLogs.MessageNote;
import io.lastmile.simulation.PartitionLogs.PresenceNote;
import io.lastmile.simulation.PartitionLogs.ReceiptNote;
import io.lastmile.simulation.PartitionLogs.RejectNote;
import io.lastmile.simulation.TransactionCoordinator.Append;
import io.lastmile.wire.record.InboxKey;

/** Which record of which topic a write of the heart is. */
final class Writes {
    private Writes() {}

    static Append<?> append(World world, PartitionLogs logs, Write write) {
        return switch (write) {
            case Write.Receipt(var device, var receipt) ->
                    new Append<>(logs.receipts, new ReceiptNote(device, receipt));
            case Write.Park(var device, var offset, var parked) ->
                    new Append<>(
                            logs.inbox,
                            new InboxNote.Parked(new InboxKey.Parked(device, offset), parked));
            case Write.Unpark(var device, var offset) ->
                    new Append<>(
                            logs.inbox,
                            new InboxNote.Parked(new InboxKey.Parked(device, offset), null));
            case Write.Remember(var device, var key, var known) ->
                    new Append<>(
                            logs.inbox,
                            new InboxNote.Known(new InboxKey.Idempotency(device, key), known));
            case Write.Forget(var device, var key) ->
                    new Append<>(
                            logs.inbox,
                            new InboxNote.Known(new InboxKey.Idempotency(device, key), null));
            case Write.Arrive(var from, var arrival) ->
                    new Append<>(
                            logs.inbox, new InboxNote.Arrived(new InboxKey.Arrival(from), arrival));
            case Write.Online(var device, var presence) ->
                    new Append<>(logs.presence, new PresenceNote(device, presence));
            case Write.Offline(var device) ->
                    new Append<>(logs.presence, new PresenceNote(device, null));
            case Write.Checkpoint(var positions) ->
                    new Append<>(logs.inbox, new InboxNote.Checkpoint(positions));
            case Write.Reject(var offset, var _, var _) ->
                    new Append<>(logs.rejects, new RejectNote(offset));
            case Write.Reappend(var partition, var origin, var acceptedAtMs, var message) ->
                    new Append<>(
                            world.partitions.get(partition).messages,
                            new MessageNote.Intact(message.appendedAgain(origin, acceptedAtMs)));
        };
    }
}
