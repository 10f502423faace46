package io.lastmile.router.heart;

import io.lastmile.wire.DeviceId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The devices of the partition that have a session or unsettled messages; the others are not kept.
 *
 * <p>Whoever concerns a device wakes it: it is a {@link Device} with its session and its messages
 * as objects. Once it is quiet it is put to rest as a few bytes, see {@link AtRest}: with a million
 * devices next to nothing is happening to most of them. A device at rest has nothing in flight,
 * nothing to be sent, nothing that is not committed, and an alarm for its earliest deadline.
 */
final class Devices {
    /** Alarms that nobody needs any more are pruned when they are more than this and the others. */
    private static final int STALE_ALARMS_MAX = 4_096;

    private final int partition;
    private final int windowMessagesMax;
    private final DeviceTable table;
    private final Edges edges;
    private final Channels channels;
    private final Alarms alarms = new Alarms();
    private final ArrayDeque<Device> perhapsQuiet = new ArrayDeque<>();
    private int alarmed;
    private int awake;
    private int online;
    private long messages;
    private @Nullable Copies copies;
    private Consumer<Device> left = _ -> {};

    /** Those that a predecessor committed. */
    Devices(int partition, int windowMessagesMax, RestoredDevices restored) {
        this.partition = partition;
        this.windowMessagesMax = windowMessagesMax;
        this.table = restored.table();
        this.edges = restored.edgesOfSessions();
        this.channels = restored.channels();
        for (int handle = 0; handle < table.handlesEnd(); handle++) {
            if (table.at(handle) instanceof byte[] packed) {
                online += AtRest.isOnline(packed) ? 1 : 0;
                messages += AtRest.messages(packed);
                if (AtRest.hasMessages(packed)) {
                    alarms.add(AtRest.alarmAtMs(packed), handle);
                    alarmed++;
                }
            }
        }
    }

    /**
     * Who has the copies.
     *
     * @param leaving hears of each device that is no member any more, and is told to be none
     */
    void use(Copies all, Consumer<Device> leaving) {
        copies = all;
        left = leaving;
    }

    /**
     * The member awake.
     *
     * @param place at which it is, or {@link DeviceTable#NONE}
     * @param also where it is at rest and away; else it goes on sleeping
     * @return null where nobody is woken
     */
    @Nullable Device wakeMember(int place, boolean also) {
        if (place == DeviceTable.NONE) {
            return null;
        }
        boolean sleeps =
                table.at(place) instanceof byte[] packed && !AtRest.isOnline(packed) && !also;
        return sleeps ? null : wakeAt(place);
    }

    /** The id of the member at that place; null where there is none. */
    @Nullable DeviceId idAt(int place) {
        if (place == DeviceTable.NONE) {
            return null;
        }
        return switch (table.at(place)) {
            case Device device -> device.id;
            case byte[] packed -> AtRest.idOf(packed);
            case null, default -> null;
        };
    }

    /** The device awake, which comes into being where it is not known. */
    Device wakeOrAdd(DeviceId id) {
        Device known = wake(id);
        if (known != null) {
            return known;
        }
        Device device = new Device(id);
        device.placeAt(table.add(id, device));
        awake++;
        touched(device);
        return device;
    }

    /** The device, which is awake from now on; null where it is not known. */
    @Nullable Device wake(DeviceId id) {
        int handle = table.find(id);
        return handle == DeviceTable.NONE ? null : wakeAt(handle);
    }

    /** The device if it is awake, for news that concern nobody at rest. */
    @Nullable Device touchAwake(DeviceId id) {
        int handle = table.find(id);
        if (handle != DeviceTable.NONE && table.at(handle) instanceof Device device) {
            touched(device);
            return device;
        }
        return null;
    }

    /** A copy of the device to be looked at, if it is known; it goes on sleeping. */
    @Nullable Device look(DeviceId id) {
        int handle = table.find(id);
        if (handle == DeviceTable.NONE) {
            return null;
        }
        if (table.at(handle) instanceof Device device) {
            return device;
        }
        Device copy = unpacked(handle);
        if (copy != null && copies != null && copy.member() != null) {
            copies.show(copy);
        }
        return copy;
    }

    private @Nullable Device wakeAt(int handle) {
        if (table.at(handle) instanceof Device device) {
            touched(device);
            giveCopies(device);
            return device;
        }
        Device device = unpacked(handle);
        if (device != null) {
            device.placeAt(handle);
            table.replace(handle, device);
            awake++;
            OpenSession session = device.session();
            if (session != null) {
                session.edge.sessionsByNumber.put(session.id.number(), session);
            }
            touched(device);
            giveCopies(device);
        }
        return device;
    }

    private void giveCopies(Device device) {
        if (copies != null && device.member() != null) {
            copies.give(device);
        }
    }

    private @Nullable Device unpacked(int handle) {
        return table.at(handle) instanceof byte[] packed
                ? AtRest.unpack(packed, partition, edges, channels, windowMessagesMax)
                : null;
    }

    /** Something happened to the device: when all is done, it may have become quiet. */
    void touched(Device device) {
        if (device.joinPerhapsQuiet()) {
            perhapsQuiet.addLast(device);
        }
    }

    /** Puts the devices to rest to which nothing is happening any more. */
    void restQuiet(Predicate<Device> isHeld) {
        for (Device next = perhapsQuiet.poll(); next != null; next = perhapsQuiet.poll()) {
            next.leavePerhapsQuiet();
            if (next.isQuiet() && !isHeld.test(next) && !isLeaving(next)) {
                rest(next);
            }
        }
    }

    /** Who is in no channel, and waits for nothing of one, is no member any more. */
    private boolean isLeaving(Device device) {
        Member member = device.member();
        if (member == null
                || copies == null
                || !member.sourcesByChannel.isEmpty()
                || copies.waitsFor(member.number)) {
            return false;
        }
        left.accept(device);
        return true;
    }

    private void rest(Device device) {
        for (Entry entry : List.copyOf(device.inbox.values())) {
            if (entry.isCopy()) {
                device.inbox.remove(entry.offset); // its bit is all that is kept
            }
        }
        OpenSession session = device.session();
        if (session != null) {
            session.edge.sessionsByNumber.remove(session.id.number(), session);
        }
        if (device.inbox.isEmpty()) {
            noAlarm(device);
        } else {
            alarmForMessages(device);
        }
        awake--;
        if (device.isEmpty()) {
            table.remove(device.handle());
        } else {
            table.replace(device.handle(), AtRest.pack(device, partition));
        }
    }

    // Sessions and messages, counted.

    /** The session owns the device from now on; null for none. */
    void own(Device device, @Nullable OpenSession session) {
        online += (session == null ? 0 : 1) - (device.session() == null ? 0 : 1);
        device.ownedBy(session);
    }

    void add(Entry entry) {
        messages += entry.isCopy() ? 0 : 1;
        entry.device.inbox.put(entry.offset, entry);
    }

    void remove(Entry entry) {
        messages -= entry.isCopy() ? 0 : 1;
        entry.device.inbox.remove(entry.offset);
        touched(entry.device);
    }

    // Alarms.

    /** Looks at the device, at the latest, when this message's time has come. */
    void alarmFor(Entry entry) {
        alarmAt(entry.device, entry.dueAtMs());
    }

    private void alarmForMessages(Device device) {
        for (Entry entry : device.inbox.values()) {
            alarmFor(entry);
        }
    }

    /** Looks at the device at that time, at the latest. */
    void alarmAt(Device device, long timeMs) {
        if (timeMs >= device.alarmAtMs()) {
            return;
        }
        if (device.alarmAtMs() == Device.NO_ALARM) {
            alarmed++;
        }
        device.setAlarm(timeMs);
        alarms.add(timeMs, device.handle());
        if (alarms.size() > 2 * alarmed + STALE_ALARMS_MAX) {
            alarms.prune(this::counts);
        }
    }

    private void noAlarm(Device device) {
        if (device.alarmAtMs() != Device.NO_ALARM) {
            device.setAlarm(Device.NO_ALARM);
            alarmed--;
        }
    }

    private boolean counts(long timeMs, int handle) {
        return switch (table.at(handle)) {
            case Device device -> device.alarmAtMs() == timeMs;
            case byte[] packed -> AtRest.alarmAtMs(packed) == timeMs;
            case null, default -> false;
        };
    }

    /** Wakes the devices whose time has come, at most so many, and hands them out. */
    void takeDue(long nowMs, int most, Consumer<Device> action) {
        alarms.takeDue(
                nowMs,
                most,
                (timeMs, handle) -> {
                    Device device = counts(timeMs, handle) ? wakeAt(handle) : null;
                    if (device != null) {
                        noAlarm(device);
                        action.accept(device);
                    }
                });
    }

    // All of them.

    /** Whether a device at rest has messages, or waits for a broadcast. */
    boolean hasMessages(byte[] packed) {
        return AtRest.hasMessages(packed)
                || (copies != null
                        && AtRest.isMember(packed)
                        && copies.waitsFor(AtRest.memberNumber(packed)));
    }

    /** Every device that is awake. */
    void forEachAwake(Consumer<Device> action) {
        List<Device> found = new ArrayList<>(awake);
        for (int handle = 0; handle < table.handlesEnd(); handle++) {
            if (table.at(handle) instanceof Device device) {
                found.add(device);
            }
        }
        found.forEach(action);
    }

    /** Wakes each device at rest whose session is one of the edge's, if its bytes say so. */
    void wakeOn(Edge edge, Predicate<byte[]> which) {
        for (int handle = 0; handle < table.handlesEnd(); handle++) {
            if (table.at(handle) instanceof byte[] packed
                    && AtRest.isOn(packed, edge)
                    && which.test(packed)) {
                wakeAt(handle);
            }
        }
    }

    /**
     * Takes note of what an edge says that it has given to a session, where the device has no
     * messages that it could concern; says whether that is so.
     */
    boolean sleepsThrough(Edge edge, DeviceId id, long sessionNumber, long highestSent) {
        int handle = table.find(id);
        if (handle == DeviceTable.NONE
                || !(table.at(handle) instanceof byte[] packed)
                || hasMessages(packed)
                || !AtRest.isIn(packed, edge, sessionNumber)) {
            return false;
        }
        table.replace(handle, AtRest.withHighestSent(packed, edges, highestSent));
        return true;
    }

    HeartFigures figures(long takeOversRunOut, int unansweredEdges) {
        return new HeartFigures(
                table.size(), awake, online, messages, takeOversRunOut, unansweredEdges);
    }
}
