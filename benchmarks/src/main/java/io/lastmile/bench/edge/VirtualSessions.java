package io.lastmile.bench.edge;

import io.lastmile.wire.DeviceId;
import io.lastmile.wire.Partitions;
import io.lastmile.wire.hop.HopFrame.HeldSession;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The sessions of all devices of a virtual edge in a few arrays, some thirty bytes a device: their
 * ids are made anew whenever they are needed. Devices are numbered through all groups. One thread.
 */
final class VirtualSessions {
    /** No such device, or none with such a session. */
    static final int NONE = -1;

    private static final long CLOSED = 0;

    private final List<DeviceGroup> groups;
    private final int[] firstByGroup;
    private final char[] partitionByDevice;
    private final long[] sessionByDevice;
    private final long[] openedOffsetByDevice;
    private final long[] highestSentByDevice;
    private int[] deviceBySession = new int[1_024];
    private int issued;
    private int open;

    VirtualSessions(List<DeviceGroup> groups, int partitions) {
        this.groups = List.copyOf(groups);
        firstByGroup = new int[groups.size() + 1];
        for (int i = 0; i < groups.size(); i++) {
            firstByGroup[i + 1] = firstByGroup[i] + groups.get(i).count();
        }
        int devices = firstByGroup[groups.size()];
        partitionByDevice = new char[devices];
        for (int device = 0; device < devices; device++) {
            partitionByDevice[device] = (char) Partitions.of(id(device), partitions);
        }
        sessionByDevice = new long[devices];
        openedOffsetByDevice = new long[devices];
        highestSentByDevice = new long[devices];
    }

    /** The number of the first device of a group. */
    int first(DeviceGroup group) {
        int at = groups.indexOf(group);
        if (at < 0) {
            throw new IllegalArgumentException("not of this edge: " + group);
        }
        return firstByGroup[at];
    }

    DeviceGroup group(int device) {
        return groups.get(groupOf(device));
    }

    private int groupOf(int device) {
        int at = 0;
        while (device >= firstByGroup[at + 1]) {
            at++;
        }
        return at;
    }

    DeviceId id(int device) {
        int at = groupOf(device);
        return groups.get(at).id(device - firstByGroup[at]);
    }

    int partition(int device) {
        return partitionByDevice[device];
    }

    boolean isOpen(int device) {
        return sessionByDevice[device] != CLOSED;
    }

    long session(int device) {
        return sessionByDevice[device];
    }

    long openedOffset(int device) {
        return openedOffsetByDevice[device];
    }

    /** How many are open. */
    int open() {
        return open;
    }

    /** The highest session number given out, 0 before the first. */
    long highestIssued() {
        return issued;
    }

    /** Gives the device a new session, in place of the one that it may have: its number. */
    long open(int device) {
        if (!isOpen(device)) {
            open++;
        }
        int session = ++issued;
        if (session >= deviceBySession.length) {
            deviceBySession = Arrays.copyOf(deviceBySession, 2 * deviceBySession.length);
        }
        deviceBySession[session] = device;
        sessionByDevice[device] = session;
        openedOffsetByDevice[device] = HeldSession.UNCONFIRMED;
        highestSentByDevice[device] = HeldSession.NOTHING_SENT;
        return session;
    }

    /** Kafka has the first {@code opened} of a session, which may be over by now. */
    void confirmed(int device, long session, long offset) {
        if (sessionByDevice[device] == session
                && openedOffsetByDevice[device] == HeldSession.UNCONFIRMED) {
            openedOffsetByDevice[device] = offset;
        }
    }

    void close(int device) {
        if (isOpen(device)) {
            open--;
        }
        sessionByDevice[device] = CLOSED;
    }

    /** Whose open session that is, {@link #NONE} where it is not open. */
    int device(long session) {
        if (session < 1 || session > issued) {
            return NONE;
        }
        int device = deviceBySession[(int) session];
        return sessionByDevice[device] == session ? device : NONE;
    }

    /** Takes a message for the device; false where its offset is not above the highest sent. */
    boolean take(int device, long offset) {
        if (offset <= highestSentByDevice[device]) {
            return false;
        }
        highestSentByDevice[device] = offset;
        return true;
    }

    /** The open sessions of a partition. */
    List<HeldSession> held(int partition) {
        List<HeldSession> held = new ArrayList<>();
        for (int device = 0; device < sessionByDevice.length; device++) {
            if (partitionByDevice[device] == partition && isOpen(device)) {
                held.add(
                        new HeldSession(
                                id(device),
                                sessionByDevice[device],
                                openedOffsetByDevice[device],
                                highestSentByDevice[device]));
            }
        }
        return held;
    }
}
