package io.lastmile.simulation;

import io.lastmile.router.heart.Positions;
import io.lastmile.router.heart.Restored;
import io.lastmile.router.heart.RestoredDevices;
import io.lastmile.simulation.PartitionLogs.InboxNote;
import io.lastmile.simulation.PartitionLogs.PresenceNote;
import io.lastmile.wire.Incarnation;
import io.lastmile.wire.record.IdempotencyRecord;
import io.lastmile.wire.record.InboxKey;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a new owner reads back from inbox and presence, record by record. */
final class Restore {
    private static final int RECORDS_AT_ONCE = 200;

    private final PartitionLogs logs;
    private final RestoredDevices devices;
    private final Map<InboxKey.Idempotency, IdempotencyRecord> known = new LinkedHashMap<>();
    private Positions positions = new Positions(0, 0, new long[0]);
    private long inboxPosition;
    private long presencePosition;

    Restore(PartitionLogs logs) {
        this.logs = logs;
        this.devices = new RestoredDevices(logs.partition);
    }

    long inboxPosition() {
        return inboxPosition;
    }

    long presencePosition() {
        return presencePosition;
    }

    void readInbox() {
        SimulatedLog.Batch<InboxNote> batch = logs.inbox.read(inboxPosition, RECORDS_AT_ONCE);
        inboxPosition = batch.nextOffset();
        for (SimulatedLog.Read<InboxNote> read : batch.records()) {
            switch (read.value()) {
                case InboxNote.Claim _ -> {}
                case InboxNote.Checkpoint(var next) -> positions = next;
                case InboxNote.Parked(var key, var value) ->
                        devices.parked(key.device(), key.offset(), value);
                case InboxNote.Known(var key, var value) -> put(known, key, value);
            }
        }
    }

    void readPresence() {
        SimulatedLog.Batch<PresenceNote> batch =
                logs.presence.read(presencePosition, RECORDS_AT_ONCE);
        presencePosition = batch.nextOffset();
        for (SimulatedLog.Read<PresenceNote> read : batch.records()) {
            devices.presence(read.value().device(), read.value().session());
        }
    }

    private static <K, V> void put(Map<K, V> map, K key, @Nullable V value) {
        if (value == null) {
            map.remove(key);
        } else {
            map.put(key, value);
        }
    }

    Restored restored(Set<Incarnation> edges, long eventsEnd) {
        return new Restored(positions, eventsEnd, devices, known, edges);
    }
}
