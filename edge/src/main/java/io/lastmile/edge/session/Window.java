package io.lastmile.edge.session;

import java.util.Arrays;

/**
 * The messages that a device was given and has not acknowledged, by packet id (MQTT 5, section
 * 2.2.1) and by offset. Nothing is allocated before the first message. One thread.
 *
 * <p>It is searched from end to end: at most a few dozen entries, side by side in memory, are found
 * faster so than through any map. A packet id comes around again only after 65,535 messages, so
 * that a PUBACK which a device repeats does not acknowledge a later message.
 *
 * <p>Devices acknowledge in order (MQTT 5, section 4.6), so it is enough to time the oldest: one
 * that takes long for each message, but comes to them all, is never overdue.
 */
final class Window {
    static final int PACKET_ID_MAX = 65_535;

    /** The member of what is no copy of a broadcast. */
    static final int NO_MEMBER = -1;

    private static final long NOT_SENT = Long.MAX_VALUE;
    private static final long NOTHING = -1;
    private static final long[] NONE = new long[0];
    private static final char[] NO_IDS = new char[0];
    private static final int[] NO_MEMBERS = new int[0];

    private final int messagesMax;
    private long[] offsets = NONE;
    private long[] sentAtMs = NONE;
    private long[] endsAt = NONE; // in the bytes that were sent; NOT_SENT before
    private char[] packetIds = NO_IDS;
    private int[] members = NO_MEMBERS; // empty until a copy comes, the others NO_MEMBER
    private int size;
    private int lastPacketId;
    private long sentBytes;
    private long timedOffset = NOTHING;
    private long timedSinceMs;

    /**
     * An empty one.
     *
     * @param lastPacketId the one given out last, 0 for none
     */
    Window(int messagesMax, int lastPacketId) {
        this.messagesMax = messagesMax;
        this.lastPacketId = lastPacketId;
    }

    /** Goes on counting behind this packet id. */
    void startAfter(int packetId) {
        lastPacketId = packetId;
    }

    int lastPacketId() {
        return lastPacketId;
    }

    int size() {
        return size;
    }

    boolean isFull() {
        return size >= messagesMax;
    }

    /**
     * Adds a message; there must be room.
     *
     * @param member the number of the device where it is a copy, {@link #NO_MEMBER} where not
     */
    void add(long offset, int member, long nowMs) {
        if (isFull()) {
            throw new IllegalStateException("more than " + messagesMax + " messages in a window");
        }
        if (size == offsets.length) {
            int room = Math.min(messagesMax, Math.max(2, 2 * size));
            offsets = Arrays.copyOf(offsets, room);
            sentAtMs = Arrays.copyOf(sentAtMs, room);
            endsAt = Arrays.copyOf(endsAt, room);
            packetIds = Arrays.copyOf(packetIds, room);
        }
        offsets[size] = offset;
        sentAtMs[size] = nowMs;
        endsAt[size] = NOT_SENT;
        packetIds[size] = (char) nextPacketId();
        if (member != NO_MEMBER || members.length > 0) {
            addMember(member);
        }
        size++;
    }

    private void addMember(int member) {
        int known = members.length;
        if (known < offsets.length) {
            members = Arrays.copyOf(members, offsets.length);
            Arrays.fill(members, known, members.length, NO_MEMBER);
        }
        members[size] = member;
    }

    /** The place of a packet id, -1 where there is none. */
    int placeOfPacket(int packetId) {
        for (int i = 0; i < size; i++) {
            if (packetIds[i] == packetId) {
                return i;
            }
        }
        return -1;
    }

    /** The place of an offset, -1 where there is none. */
    int placeOfOffset(long offset) {
        for (int i = 0; i < size; i++) {
            if (offsets[i] == offset) {
                return i;
            }
        }
        return -1;
    }

    long offset(int place) {
        return offsets[place];
    }

    /** The number of the device as a member, {@link #NO_MEMBER} where it is no copy. */
    int member(int place) {
        return members.length == 0 ? NO_MEMBER : members[place];
    }

    long sentAtMs(int place) {
        return sentAtMs[place];
    }

    /** A message goes out, in a packet of so many bytes. */
    void sent(long offset, int packetBytes, long nowMs) {
        sentBytes += packetBytes;
        int place = placeOfOffset(offset);
        if (place >= 0) {
            sentAtMs[place] = nowMs;
            endsAt[place] = sentBytes;
        }
    }

    /** Whether the device has had the oldest for longer than the deadline; see the session. */
    boolean isOverdue(long nowMs, long unreachedBytes, long deadlineMs) {
        int oldest = placeOfOldest();
        if (oldest < 0 || endsAt[oldest] > sentBytes - unreachedBytes) {
            timedOffset = NOTHING;
            return false;
        }
        if (timedOffset != offsets[oldest]) {
            timedOffset = offsets[oldest];
            timedSinceMs = nowMs;
        }
        return nowMs - timedSinceMs > deadlineMs;
    }

    private int placeOfOldest() {
        int oldest = size - 1;
        for (int i = 0; i < size; i++) {
            if (offsets[i] < offsets[oldest]) {
                oldest = i;
            }
        }
        return oldest;
    }

    int packetId(int place) {
        return packetIds[place];
    }

    void remove(int place) {
        size--;
        offsets[place] = offsets[size];
        sentAtMs[place] = sentAtMs[size];
        endsAt[place] = endsAt[size];
        packetIds[place] = packetIds[size];
        if (members.length > 0) {
            members[place] = members[size];
        }
    }

    void clear() {
        size = 0;
        offsets = NONE;
        sentAtMs = NONE;
        endsAt = NONE;
        packetIds = NO_IDS;
        members = NO_MEMBERS;
    }

    private int nextPacketId() {
        do {
            lastPacketId = lastPacketId == PACKET_ID_MAX ? 1 : lastPacketId + 1;
        } while (placeOfPacket(lastPacketId) >= 0); // a device may leave one open that long
        return lastPacketId;
    }
}
