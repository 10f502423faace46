package io.lastmile.simulation;

import io.lastmile.router.heart.Positions;
import io.lastmile.router.heart.Restored;
import io.lastmile.router.heart.RestoredDevices;
import io.lastmile.simulation.PartitionLogs.InboxNote;
import io.lastmile.simulation.PartitionLogs.PresenceNote;
import io.lastmile.wire.Incarnation;
import io.lastmile.wire.record.ArrivalRecord;
import io.lastmile.wire.record.IdempotencyRecord;
import io.lastmile.wire.record.InboxKey;
import io.lastmile.wire.record.ParkedRecord;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a new owner reads back from inbox and presence, record by record. */
final class Restore {
    private static final int RECORDS_AT_ONCE = 200;

    private final PartitionLogs logs;
    private final Figures figures;
    private final boolean forgetsEndings;
    private final RestoredDevices devices;
    private final Map<InboxKey.Idempotency, IdempotencyRecord> known = new LinkedHashMap<>();
    private final Map<Integer, ArrivalRecord> arrivals = new HashMap<>();
    private Positions positions;
    private long inboxPosition;
    private long presencePosition;

    /**
     * Nothing read yet.
     *
     * @param forgetsEndings a planted bug
     */
    Restore(PartitionLogs logs, Figures figures, boolean forgetsEndings) {
        this.figures = figures;
        this.forgetsEndings = forgetsEndings;
        this.logs = logs;
        this.positions = new Positions(logs.messages.start(), logs.events.start(), new long[0]);
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
                        devices.parked(key.device(), key.offset(), falsify(value));
                case InboxNote.Arrived(var key, var value) ->
                        arrivals.put(key.fromPartition(), value);
                case InboxNote.Known(var key, var value) -> put(known, key, value);
            }
        }
    }

    private @Nullable ParkedRecord falsify(@Nullable ParkedRecord parked) {
        return parked == null || !forgetsEndings
                ? parked
                : new ParkedRecord(
                        parked.id(),
                        parked.acceptedAtMs(),
                        parked.routedAtMs(),
                        parked.expiresAtMs(),
                        parked.notBeforeMs(),
                        parked.bodyBytes(),
                        parked.sends(),
                        parked.urgency(),
                        parked.collapseKey(),
                        parked.replayOf(),
                        null);
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

    /** What retention took cannot be read. */
    private Positions inTheLogs() {
        long watermark = Math.max(positions.watermark(), logs.messages.start());
        long events = Math.max(positions.eventsPosition(), logs.events.start());
        if (watermark > positions.watermark() || events > positions.eventsPosition()) {
            figures.count("log_gap_claimed");
        }
        return new Positions(watermark, events, positions.settledAbove());
    }

    Restored restored(Set<Incarnation> edges, long eventsEnd) {
        return new Restored(inTheLogs(), eventsEnd, devices, known, arrivals, edges);
    }
}
