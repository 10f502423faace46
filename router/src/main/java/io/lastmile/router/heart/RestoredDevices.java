package io.lastmile.router.heart;

import io.lastmile.wire.ChannelName;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.Incarnation;
import io.lastmile.wire.MemberSource;
import io.lastmile.wire.SessionId;
import io.lastmile.wire.record.MemberRecord;
import io.lastmile.wire.record.ParkedRecord;
import io.lastmile.wire.record.PresenceRecord;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The devices of a partition as a new owner reads them back, record by record in the order of the
 * log: a later record of the same key counts. Nothing is kept but what the heart will keep. One
 * thread; the heart that takes it over has it for itself.
 */
public final class RestoredDevices {
    private final int partition;
    private final DeviceTable table = new DeviceTable();
    private final Edges edges = new Edges();
    private final Map<DeviceId, List<SessionId>> awaitedByDevice = new HashMap<>();
    private final Set<DeviceId> withEndings = new HashSet<>();
    private final Channels channels = new Channels();
    private final Map<DeviceId, MemberRecord> restless = new HashMap<>();

    /** Nobody yet, of that partition. */
    public RestoredDevices(int partition) {
        this.partition = partition;
    }

    /** A record of presence; null for a tombstone. */
    public void presence(DeviceId id, @Nullable PresenceRecord presence) {
        int handle = table.find(id);
        if (handle == DeviceTable.NONE && presence == null) {
            return;
        }
        byte[] before = bytes(handle, id);
        put(handle, id, AtRest.withSession(before, edges, presence));
        if (presence == null || presence.awaited().isEmpty()) {
            awaitedByDevice.remove(id);
        } else {
            awaitedByDevice.put(id, presence.awaited());
            presence.awaited().forEach(older -> edges.of(older.edge()));
        }
    }

    /** A record of a parked message; null for a tombstone. */
    public void parked(DeviceId id, long offset, @Nullable ParkedRecord facts) {
        int handle = table.find(id);
        if (handle == DeviceTable.NONE && facts == null) {
            return;
        }
        byte[] before = bytes(handle, id);
        byte[] after =
                facts == null
                        ? AtRest.withoutMessage(before, partition, offset)
                        : AtRest.withMessage(
                                before, partition, offset, facts, Entry.dueAtMs(facts));
        put(handle, id, after);
        if (facts != null && facts.ending() != null) {
            withEndings.add(id);
        }
    }

    /** A record of members; null for a tombstone. */
    public void member(DeviceId id, @Nullable MemberRecord record) {
        int handle = table.find(id);
        byte[] before = bytes(handle, id);
        MemberRecord last = restless.remove(id);
        if (AtRest.isMember(before)) {
            Set<ChannelName> names = AtRest.channels(before, channels);
            if (last != null) {
                last.memberships().forEach(one -> names.add(one.channel()));
            }
            channels.forget(AtRest.memberNumber(before), names);
        }
        if (record == null) {
            if (handle != DeviceTable.NONE) {
                put(handle, id, AtRest.withMember(before, null));
            }
            return;
        }
        Member member = lasting(record);
        put(handle, id, AtRest.withMember(before, member));
        channels.place(record.number(), table.find(id));
        boolean isRestless =
                record.memberships().isEmpty()
                        || record.memberships().stream()
                                .flatMap(one -> one.sources().stream())
                                .anyMatch(MemberSource.OfSession.class::isInstance);
        if (isRestless) {
            restless.put(id, record); // whose session that is, only its owner can say
        }
    }

    /** What lasts without a session; the number is the member's in its channels all the same. */
    private Member lasting(MemberRecord record) {
        Member member = new Member(record.number());
        for (MemberRecord.Membership one : record.memberships()) {
            Channel channel = channels.of(one.channel());
            channel.members.add(record.number());
            for (MemberSource source : one.sources()) {
                if (!(source instanceof MemberSource.OfSession)) {
                    member.add(channel, source);
                }
            }
        }
        return member;
    }

    /** Devices that were members by sessions, or are members of nothing any more. */
    Map<DeviceId, MemberRecord> restless() {
        return restless;
    }

    Channels channels() {
        return channels;
    }

    private byte[] bytes(int handle, DeviceId id) {
        return handle != DeviceTable.NONE && table.at(handle) instanceof byte[] packed
                ? packed
                : AtRest.fresh(id);
    }

    private void put(int handle, DeviceId id, byte[] packed) {
        boolean isEmpty =
                !AtRest.isOnline(packed) && !AtRest.hasMessages(packed) && !AtRest.isMember(packed);
        if (handle == DeviceTable.NONE) {
            table.add(id, packed);
        } else if (isEmpty) {
            table.remove(handle);
        } else {
            table.replace(handle, packed);
        }
    }

    /** How many devices have a session or parked messages. */
    public int size() {
        return table.size();
    }

    /** Incarnations that sessions named, some of them perhaps not any more. */
    public Set<Incarnation> edges() {
        return edges.ids();
    }

    Edges edgesOfSessions() {
        return edges;
    }

    DeviceTable table() {
        return table;
    }

    /** Older sessions that devices wait for. */
    Map<DeviceId, List<SessionId>> awaitedByDevice() {
        return awaitedByDevice;
    }

    /** Devices of which a message has, or had, an ending that waits to be applied. */
    Set<DeviceId> withEndings() {
        return withEndings;
    }
}
