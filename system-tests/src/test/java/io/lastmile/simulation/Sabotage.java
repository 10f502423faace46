package io.lastmile.simulation;

import io.lastmile.router.heart.Event;
import io.lastmile.router.heart.Positions;
import io.lastmile.router.heart.Write;
import io.lastmile.wire.SessionId;
import io.lastmile.wire.record.EventRecord;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Stands between a heart and its shell and falsifies what a planted bug would falsify. */
final class Sabotage {
    private final World world;
    private final PartitionLogs logs;
    private final Map<String, SessionId> newestByDevice = new HashMap<>();
    private Write.@Nullable Receipt repeated;

    Sabotage(World world, PartitionLogs logs) {
        this.world = world;
        this.logs = logs;
    }

    /** What the heart is told of a record of messages; nothing where it is passed over. */
    Optional<Event> read(Event read) {
        return world.strikes(Mutant.MESSAGE_IS_SKIPPED, 20) ? Optional.empty() : Optional.of(read);
    }

    Event read(Event.EdgeEventRead read) {
        String device = read.device().value();
        return switch (read.event()) {
            case EventRecord.Opened opened -> {
                newestByDevice.put(device, opened.session());
                yield read;
            }
            case EventRecord.Ended ended when world.has(Mutant.OLD_END_ERASES_NEWER) -> {
                SessionId newest = newestByDevice.getOrDefault(device, ended.session());
                yield new Event.EdgeEventRead(
                        read.offset(),
                        read.device(),
                        new EventRecord.Ended(newest, ended.reason(), ended.atMs()));
            }
            default -> read;
        };
    }

    List<Write> writes(List<Write> writes) {
        if (world.mutant() == null) {
            return writes;
        }
        List<Write> falsified = new ArrayList<>();
        for (Write write : writes) {
            if (write instanceof Write.Park && world.strikes(Mutant.PARKING_IS_FORGOTTEN, 20)) {
                continue;
            }
            if (write instanceof Write.Checkpoint(var positions)) {
                falsified.add(new Write.Checkpoint(falsify(positions)));
                continue;
            }
            falsified.add(write);
        }
        repeatReceipt(falsified);
        return falsified;
    }

    private Positions falsify(Positions positions) {
        long watermark = positions.watermark();
        long events = positions.eventsPosition();
        if (world.strikes(Mutant.WATERMARK_AHEAD, 20)) {
            watermark = logs.messages.end();
        }
        if (world.strikes(Mutant.EVENTS_ARE_SKIPPED, 20)) {
            events = logs.events.end();
        }
        return new Positions(watermark, events, positions.settledAbove());
    }

    private void repeatReceipt(List<Write> writes) {
        Write.Receipt again = repeated;
        if (again != null && world.strikes(Mutant.RECEIPT_IS_REPEATED, 20)) {
            writes.addFirst(again);
        }
        for (Write write : writes) {
            if (write instanceof Write.Receipt receipt) {
                repeated = receipt;
            }
        }
    }
}
