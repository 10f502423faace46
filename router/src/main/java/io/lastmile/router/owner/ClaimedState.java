package io.lastmile.router.owner;

import io.lastmile.router.heart.Positions;
import io.lastmile.router.heart.Rejected;
import io.lastmile.router.heart.Restored;
import io.lastmile.router.heart.RestoredBroadcasts;
import io.lastmile.router.heart.RestoredDevices;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.Incarnation;
import io.lastmile.wire.MalformedException;
import io.lastmile.wire.record.ArrivalRecord;
import io.lastmile.wire.record.BroadcastStateRecord;
import io.lastmile.wire.record.CheckpointRecord;
import io.lastmile.wire.record.IdempotencyRecord;
import io.lastmile.wire.record.InboxKey;
import io.lastmile.wire.record.MarkRecord;
import io.lastmile.wire.record.MemberRecord;
import io.lastmile.wire.record.OutcomesRecord;
import io.lastmile.wire.record.ParkedRecord;
import io.lastmile.wire.record.PresenceRecord;
import io.lastmile.wire.record.Topic;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a claim reads back of a partition, record by record: inbox and presence, folded into the
 * state that its predecessor committed last. Decides what is an owner's, what is a newer release's
 * and what is nobody's, and where messages and events are read from. One thread.
 */
public final class ClaimedState {
    /** Above the newest version known: so far on, it is a later release's; beyond, it is noise. */
    private static final int VERSIONS_TO_COME = 16;

    private static final String SEE_RECOVERY = "see docs/operating/recovery.md";

    private final int partition;
    private final LogIds ids;
    private final RestoredDevices devices;
    private final RestoredBroadcasts broadcasts;
    private final Quarantine quarantine = new Quarantine();
    private final Map<Quarantine.Place, Long> newerOffsetByPlace = new LinkedHashMap<>();
    private final Map<InboxKey.Idempotency, IdempotencyRecord> idempotency = new HashMap<>();
    private final Map<Integer, ArrivalRecord> arrivals = new HashMap<>();
    private final List<LogGap> gaps = new ArrayList<>();
    private boolean isCheckpointUnreadable;
    private @Nullable CheckpointRecord checkpoint;

    /** Nothing read yet. */
    public ClaimedState(int partition, LogIds ids) {
        this.partition = partition;
        this.ids = ids;
        this.devices = new RestoredDevices(partition);
        this.broadcasts = new RestoredBroadcasts(partition);
    }

    /**
     * The next record of inbox or presence, in the order of its topic.
     *
     * @param value none takes back what stood before it
     * @param raw the record as it came, for rejects
     * @return why it is set aside; null where it is not
     */
    public @Nullable RuntimeException read(
            Topic topic,
            long offset,
            byte @Nullable [] key,
            byte @Nullable [] value,
            Rejected raw) {
        if (key == null) {
            return new MalformedException("key", "there is none");
        }
        if (!quarantine.isEmpty() || !newerOffsetByPlace.isEmpty()) {
            Quarantine.Place place = Quarantine.Place.of(topic, key);
            quarantine.passed(place);
            newerOffsetByPlace.remove(place);
        }
        boolean hasOwnersKey = false;
        try {
            Consumer<byte @Nullable []> state =
                    switch (topic) {
                        case PRESENCE -> presence(key);
                        case MEMBERS -> member(key);
                        default -> inbox(key);
                    };
            hasOwnersKey = true;
            state.accept(value);
        } catch (RuntimeException e) {
            if (value == null) {
                return null; // nothing is taken back where nothing is known
            }
            if (!hasOwnersKey || !isOfNewerRelease(e, value)) {
                String reason = String.valueOf(e.getMessage());
                quarantine.add(key, value, new Unreadable(topic, raw, hasOwnersKey, reason));
                return e;
            }
            newerOffsetByPlace.put(Quarantine.Place.of(topic, key), offset);
        }
        return null;
    }

    private static boolean isOfNewerRelease(RuntimeException e, byte[] value) {
        return e instanceof MalformedException malformed
                && malformed.field().equals("version")
                && value.length > 0
                && value[0] > 0
                && value[0] <= VERSIONS_TO_COME;
    }

    private Consumer<byte @Nullable []> member(byte[] key) {
        DeviceId device = device(key);
        return value -> devices.member(device, value == null ? null : MemberRecord.decode(value));
    }

    private static DeviceId device(byte[] key) {
        DeviceId device = DeviceId.ofBytes(key);
        if (device == null) {
            throw new MalformedException("key", DeviceId.RULE);
        }
        return device;
    }

    private Consumer<byte @Nullable []> presence(byte[] key) {
        DeviceId device = device(key);
        return value ->
                devices.presence(device, value == null ? null : PresenceRecord.decode(value));
    }

    private Consumer<byte @Nullable []> inbox(byte[] keyBytes) {
        InboxKey key = InboxKey.decode(keyBytes);
        return value -> inbox(key, value);
    }

    private void inbox(InboxKey inboxKey, byte @Nullable [] value) {
        switch (inboxKey) {
            case InboxKey.Parked(var device, var offset) ->
                    devices.parked(
                            device, offset, value == null ? null : ParkedRecord.decode(value));
            case InboxKey.Idempotency key ->
                    put(idempotency, key, value == null ? null : IdempotencyRecord.decode(value));
            case InboxKey.Checkpoint _ -> {
                isCheckpointUnreadable = true;
                checkpoint = value == null ? null : CheckpointRecord.decode(value);
                isCheckpointUnreadable = false;
            }
            case InboxKey.Arrival(var from) ->
                    put(arrivals, from, value == null ? null : ArrivalRecord.decode(value));
            case InboxKey.Mark(var offset) ->
                    broadcasts.state(
                            offset, value == null ? null : BroadcastStateRecord.decode(value));
            case InboxKey.Scheduled(var id) ->
                    broadcasts.scheduled(
                            id, value == null ? null : MarkRecord.decode(value).facts());
            case InboxKey.Members(var offset, var piece) ->
                    broadcasts.outcomes(
                            offset, piece, value == null ? null : OutcomesRecord.decode(value));
            case InboxKey.Claim _ -> {} // this one or an older one
        }
    }

    private static <K, V> void put(Map<K, V> map, K key, @Nullable V value) {
        if (value == null) {
            map.remove(key);
        } else {
            map.put(key, value);
        }
    }

    /**
     * What stands behind it may have replaced it: only what is left counts.
     *
     * @throws IllegalStateException where state of a newer release is left
     */
    public void refuseNewerRelease() {
        newerOffsetByPlace.forEach((place, offset) -> {
            throw refused(
                    "there is state of a newer release in "
                            + place.topic().label()
                            + " at offset "
                            + offset
                            + ": run that release or, where none ever ran, "
                            + SEE_RECOVERY);
        });
    }

    private IllegalStateException refused(String why) {
        return new IllegalStateException("partition " + partition + ": " + why);
    }

    /** As many as a claim can hold. */
    public List<Unreadable> unreadable() {
        return quarantine.all();
    }

    /** Incarnations of edges that sessions named. */
    Set<Incarnation> edges() {
        return devices.edges();
    }

    /** Positions of the checkpoint that the logs do not have; known once it is restored. */
    public List<LogGap> gaps() {
        return List.copyOf(gaps);
    }

    /**
     * All that the owner's heart begins with.
     *
     * @param messages what there is of messages, asked for after the claim
     * @param events the same of events
     * @param edges that are not known to be gone
     * @throws IllegalStateException where the state belongs to other logs, or cannot be read
     */
    Restored restored(LogRange messages, LogRange events, Set<Incarnation> edges) {
        return new Restored(
                positions(messages, events),
                events.end(),
                devices,
                idempotency,
                arrivals,
                broadcasts,
                edges);
    }

    Positions positions(LogRange messages, LogRange events) {
        CheckpointRecord last = checkpoint;
        if (last == null && isCheckpointUnreadable) {
            throw refused(
                    "the checkpoint in inbox cannot be read, and none stands before it: "
                            + SEE_RECOVERY);
        }
        if (last == null) {
            return new Positions(
                    messages.start(),
                    events.start(),
                    CheckpointRecord.BroadcastsRead.FROM_START,
                    new long[0]);
        }
        refuseAnotherLog(Topic.MESSAGES, last.messagesTopicId(), ids.messages());
        refuseAnotherLog(Topic.EVENTS, last.eventsTopicId(), ids.events());
        long watermark = within(Topic.MESSAGES, last.watermark(), messages);
        long eventsPosition = within(Topic.EVENTS, last.eventsPosition(), events);
        return new Positions(
                watermark, eventsPosition, last.broadcasts(), stillSettled(last, messages.end()));
    }

    private void refuseAnotherLog(Topic topic, String id, String present) {
        if (!id.equals(present)) {
            throw refused(
                    topic.label()
                            + " was deleted and made again, its old state is in inbox: delete"
                            + " inbox and presence too, or bring the topic back");
        }
    }

    /** The checkpoint's position or, where the log does not have it, the nearest that it has. */
    private long within(Topic topic, long position, LogRange log) {
        long nearest = Math.max(log.start(), Math.min(position, log.end()));
        if (nearest != position) {
            gaps.add(new LogGap(topic, position, nearest));
        }
        return nearest;
    }

    /** Offsets from the end on are given to other messages. */
    private long[] stillSettled(CheckpointRecord last, long end) {
        long[] settled = last.settledAbove();
        int left = settled.length;
        while (left > 0 && settled[left - 1] >= end) {
            left--;
        }
        if (left < settled.length && last.watermark() <= end) {
            gaps.add(new LogGap(Topic.MESSAGES, settled[settled.length - 1] + 1, end));
        }
        return left == settled.length ? settled : Arrays.copyOf(settled, left);
    }
}
