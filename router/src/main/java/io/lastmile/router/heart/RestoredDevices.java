package io.lastmile.router.heart;

import io.lastmile.wire.DeviceId;
import io.lastmile.wire.Incarnation;
import io.lastmile.wire.SessionId;
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

    private byte[] bytes(int handle, DeviceId id) {
        return handle != DeviceTable.NONE && table.at(handle) instanceof byte[] packed
                ? packed
                : AtRest.fresh(id);
    }

    private void put(int handle, DeviceId id, byte[] packed) {
        boolean isEmpty = !AtRest.isOnline(packed) && !AtRest.hasMessages(packed);
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
