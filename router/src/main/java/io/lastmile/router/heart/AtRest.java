package io.lastmile.router.heart;

import io.lastmile.wire.BytesReader;
import io.lastmile.wire.BytesWriter;
import io.lastmile.wire.ChannelName;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.MemberSource;
import io.lastmile.wire.SessionId;
import io.lastmile.wire.Transport;
import io.lastmile.wire.hop.HopFrame.HeldSession;
import io.lastmile.wire.record.ParkedRecord;
import io.lastmile.wire.record.PresenceRecord;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A device that nothing is happening to, in one array of bytes: some 56 for one that is online with
 * an id of 20 characters, and some 20 for each parked message.
 *
 * <pre>
 *   id length, id · session length (0 = offline), session · member length (0 = none), member
 *            · alarm and messages, where there are any
 *   session  = edge number, session number, rank, since, highest sent, transport, level and qos, window
 *   member   = number, and of each channel its index and by which sources the device is in it
 *   alarm    = 8 bytes: the time of the alarm that is set for it
 *   messages = length, {@link ParkedBytes}; in any order
 * </pre>
 */
final class AtRest {
    private AtRest() {}

    // What can be said without unpacking.

    static boolean isOf(byte[] packed, DeviceId id) {
        return id.isAt(packed, 1, packed[0] & 0xff);
    }

    /** What {@link DeviceId#hashCode} says of the id. */
    static int hashOf(byte[] packed) {
        int hash = 0;
        for (int i = 1; i <= (packed[0] & 0xff); i++) {
            hash = 31 * hash + packed[i];
        }
        return hash;
    }

    static DeviceId idOf(byte[] packed) {
        return new BytesReader(packed).device("id");
    }

    static boolean isOnline(byte[] packed) {
        return packed[sessionAt(packed)] != 0;
    }

    /** Whether its session is this one of that edge. */
    static boolean isIn(byte[] packed, Edge edge, long sessionNumber) {
        if (!isOn(packed, edge)) {
            return false;
        }
        Varints in = new Varints(packed, sessionAt(packed) + 1);
        in.next();
        return in.next() == sessionNumber;
    }

    /** Whether its session is one of that edge. */
    static boolean isOn(byte[] packed, Edge edge) {
        return isOnline(packed) && new Varints(packed, sessionAt(packed) + 1).next() == edge.number;
    }

    /** The number of its session. */
    static long sessionNumber(byte[] packed) {
        Varints in = new Varints(packed, sessionAt(packed) + 1);
        in.next();
        return in.next();
    }

    static boolean hasMessages(byte[] packed) {
        return messagesAt(packed) < packed.length;
    }

    /** When to look at it; {@link Device#NO_ALARM} where it has no messages. */
    static long alarmAtMs(byte[] packed) {
        int at = messagesAt(packed);
        return at == packed.length ? Device.NO_ALARM : Varints.i64(packed, at);
    }

    private static int sessionAt(byte[] packed) {
        return 1 + (packed[0] & 0xff);
    }

    private static int memberAt(byte[] packed) {
        int at = sessionAt(packed);
        return at + 1 + packed[at];
    }

    private static int messagesAt(byte[] packed) {
        Varints in = new Varints(packed, memberAt(packed));
        int length = (int) in.next();
        return in.at() + length;
    }

    /** Whether it is a member of channels, or was of one that it waits for. */
    static boolean isMember(byte[] packed) {
        return packed[memberAt(packed)] != 0;
    }

    /** The number of a member. */
    static int memberNumber(byte[] packed) {
        Varints in = new Varints(packed, memberAt(packed));
        in.next();
        return (int) in.next();
    }

    // A device, there and back.

    static byte[] pack(Device device, int partition) {
        OpenSession session = device.session();
        BytesWriter out = new BytesWriter(128);
        front(out, device.id, session == null ? NONE : session(session), member(device));
        if (!device.inbox.isEmpty()) {
            out.i64(device.alarmAtMs());
            for (Entry entry : device.inbox.values()) {
                ParkedBytes.append(out, partition, entry.offset, entry.parkedRecord());
            }
        }
        return out.toBytes();
    }

    static Device unpack(
            byte[] packed, int partition, Edges edges, Channels channels, int windowMessagesMax) {
        Device device = new Device(idOf(packed));
        if (isOnline(packed)) {
            device.ownedBy(session(device, packed, edges, windowMessagesMax));
            device.presenceWritten(true);
        }
        if (isMember(packed)) {
            device.becomes(member(packed, channels, device.session()));
        }
        device.setAlarm(alarmAtMs(packed));
        ParkedBytes in = messages(packed, partition);
        while (in.next()) {
            device.inbox.put(in.offset(), Entry.parked(device, in.offset(), in.facts()));
        }
        return device;
    }

    private static ParkedBytes messages(byte[] packed, int partition) {
        int at = messagesAt(packed);
        return new ParkedBytes(packed, at == packed.length ? at : at + Long.BYTES, partition);
    }

    private static final byte[] NONE = new byte[0];

    private static void front(BytesWriter out, DeviceId id, byte[] session, byte[] member) {
        out.u8(id.length()).raw(id.bytes()).u8(session.length).raw(session);
        out.count(member.length).raw(member);
    }

    private static final int API = 1;
    private static final int DEVICE = 2;
    private static final int SESSION = 4;

    /** Only the session that owns the device has memberships while it is at rest. */
    private static byte[] member(Device device) {
        Member member = device.member();
        if (member == null) {
            return NONE;
        }
        BytesWriter out = new BytesWriter(16);
        Varints.append(out, member.number);
        member.sourcesByChannel.forEach((channel, sources) -> {
            int bits = 0;
            for (MemberSource source : sources) {
                bits |=
                        switch (source) {
                            case MemberSource.Api _ -> API;
                            case MemberSource.Device _ -> DEVICE;
                            case MemberSource.OfSession _ -> SESSION;
                        };
            }
            Varints.append(out, (long) channel.index << 3 | bits);
        });
        return out.toBytes();
    }

    private static Member member(byte[] packed, Channels channels, @Nullable OpenSession session) {
        int end = messagesAt(packed);
        Varints in = new Varints(packed, memberAt(packed));
        in.next();
        Member member = new Member((int) in.next());
        while (in.at() < end) {
            long next = in.next();
            Channel channel = channels.indexed((int) (next >>> 3));
            if ((next & API) != 0) {
                member.add(channel, MemberSource.API);
            }
            if ((next & DEVICE) != 0) {
                member.add(channel, MemberSource.DEVICE);
            }
            if ((next & SESSION) != 0 && session != null) {
                member.add(channel, new MemberSource.OfSession(session.id, session.rank));
            }
        }
        return member;
    }

    private static byte[] session(OpenSession session) {
        return session(session.edge, session.presence(List.of()), session.highestSent());
    }

    private static byte[] session(Edge edge, PresenceRecord presence, long highestSent) {
        BytesWriter out = new BytesWriter(48);
        Varints.append(out, edge.number);
        Varints.append(out, presence.session().number());
        Varints.append(out, presence.openedOffset());
        Varints.append(out, presence.sinceMs());
        Varints.append(out, highestSent + 1);
        out.u8(presence.transport().code())
                .u8(
                        presence.protocolLevel() << 2
                                | (presence.takesInbox() ? 2 : 0)
                                | presence.qos());
        Varints.append(out, presence.windowMessages());
        return out.toBytes();
    }

    private static OpenSession session(
            Device device, byte[] packed, Edges edges, int windowMessagesMax) {
        Varints in = new Varints(packed, sessionAt(packed) + 1);
        Edge edge = edges.numbered((int) in.next());
        long number = in.next();
        long rank = in.next();
        long sinceMs = in.next();
        long highestSent = in.next() - 1;
        Transport transport = Transport.ofCode(in.u8());
        int levelAndFlags = in.u8();
        int window = (int) in.next();
        PresenceRecord presence =
                new PresenceRecord(
                        new SessionId(edge.id, number),
                        rank,
                        sinceMs,
                        transport,
                        levelAndFlags >> 2,
                        levelAndFlags & 1,
                        window,
                        (levelAndFlags & 2) != 0,
                        List.of());
        OpenSession session =
                new OpenSession(device, edge, presence, Math.min(window, windowMessagesMax));
        session.highestSent(highestSent);
        return session;
    }

    // Small changes, for which nobody need wake up. Each leaves the old bytes as they are.

    static byte[] fresh(DeviceId id) {
        BytesWriter out = new BytesWriter(id.length() + 2);
        front(out, id, NONE, NONE);
        return out.toBytes();
    }

    /** With that session, or with none. */
    static byte[] withSession(byte[] packed, Edges edges, @Nullable PresenceRecord presence) {
        byte[] session =
                presence == null
                        ? NONE
                        : session(
                                edges.of(presence.session().edge()),
                                presence,
                                HeldSession.NOTHING_SENT);
        return spliced(packed, sessionAt(packed), memberAt(packed), counted(session));
    }

    private static byte[] counted(byte[] session) {
        return new BytesWriter(session.length + 1).u8(session.length).raw(session).toBytes();
    }

    /** The channels of a member, for the caller to keep. */
    static Set<ChannelName> channels(byte[] packed, Channels channels) {
        Set<ChannelName> names = new HashSet<>();
        member(packed, channels, null)
                .sourcesByChannel
                .keySet()
                .forEach(channel -> names.add(channel.name));
        return names;
    }

    /** With those memberships, or with none; those of sessions are of the one that it has. */
    static byte[] withMember(byte[] packed, @Nullable Member member) {
        Device device = new Device(idOf(packed));
        device.becomes(member);
        byte[] bytes = member(device);
        byte[] counted = new BytesWriter(bytes.length + 2).count(bytes.length).raw(bytes).toBytes();
        return spliced(packed, memberAt(packed), messagesAt(packed), counted);
    }

    /** With that as the highest offset given to its session. */
    static byte[] withHighestSent(byte[] packed, Edges edges, long highestSent) {
        OpenSession session = session(new Device(idOf(packed)), packed, edges, Integer.MAX_VALUE);
        session.highestSent(highestSent);
        return spliced(packed, sessionAt(packed), memberAt(packed), counted(session(session)));
    }

    /** With that message, instead of an earlier record of it. */
    static byte[] withMessage(
            byte[] packed, int partition, long offset, ParkedRecord facts, long alarmAtMs) {
        byte[] without = withoutMessage(packed, partition, offset);
        BytesWriter out = new BytesWriter(without.length + 48).raw(without);
        if (!hasMessages(without)) {
            out.i64(alarmAtMs);
        }
        ParkedBytes.append(out, partition, offset, facts);
        byte[] with = out.toBytes();
        int at = messagesAt(with);
        Varints.setI64(with, at, Math.min(alarmAtMs, Varints.i64(with, at)));
        return with;
    }

    static byte[] withoutMessage(byte[] packed, int partition, long offset) {
        ParkedBytes in = messages(packed, partition);
        while (in.next()) {
            if (in.offset() == offset) {
                boolean only = in.isFirst() && in.end() == packed.length;
                int from = only ? messagesAt(packed) : in.start();
                return spliced(packed, from, in.end(), NONE);
            }
        }
        return packed;
    }

    /** How many messages it has. */
    static int messages(byte[] packed) {
        int count = 0;
        ParkedBytes in = messages(packed, 0);
        while (in.next()) {
            count++;
        }
        return count;
    }

    private static byte[] spliced(byte[] packed, int from, int to, byte[] between) {
        byte[] spliced = Arrays.copyOf(packed, packed.length - (to - from) + between.length);
        System.arraycopy(between, 0, spliced, from, between.length);
        System.arraycopy(packed, to, spliced, from + between.length, packed.length - to);
        return spliced;
    }
}
