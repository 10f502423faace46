package io.lastmile.router.heart;

import io.lastmile.wire.Control;
import io.lastmile.wire.DeviceId;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Memberships that end with a session. Membership changes only where the log of messages says so,
 * or a broadcast read once more after a crash would meet others than before. So the owner appends
 * the leave of a session that is over, and it counts from where that stands.
 */
final class SessionMembers {
    private final Devices devices;
    private final Ledger ledger;

    /** Who joined by a session whose {@code opened} has not been read, by where that stands. */
    private final TreeMap<Long, Set<DeviceId>> joinedByOpened = new TreeMap<>();

    private long eventsPosition;

    SessionMembers(Devices devices, Ledger ledger, long eventsPosition) {
        this.devices = devices;
        this.ledger = ledger;
        this.eventsPosition = eventsPosition;
    }

    /** The device has another session, or none, or has joined by one. */
    void changed(Device device) {
        Member member = device.member();
        if (member == null) {
            return;
        }
        for (Member.Stray stray : member.strays(device.session())) {
            long opened = stray.source().openedOffset();
            if (opened >= eventsPosition) {
                joinedByOpened.computeIfAbsent(opened, _ -> new LinkedHashSet<>()).add(device.id);
            } else if (member.leaving.add(stray)) {
                ledger.write(
                        new Write.Control(
                                device.id,
                                new Control.Leave(stray.channel().name, stray.source())));
            }
        }
    }

    /** Events below that have been read: whose {@code opened} is none of a session is known. */
    void eventsReadTo(long position) {
        eventsPosition = position;
        for (Map.Entry<Long, Set<DeviceId>> first = joinedByOpened.firstEntry();
                first != null && first.getKey() < position;
                first = joinedByOpened.firstEntry()) {
            joinedByOpened.remove(first.getKey());
            for (DeviceId id : first.getValue()) {
                Device device = devices.wake(id);
                if (device != null) {
                    changed(device);
                }
            }
        }
    }
}
