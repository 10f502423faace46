package io.lastmile.wire.record;

import io.lastmile.wire.BytesReader;
import io.lastmile.wire.BytesWriter;
import io.lastmile.wire.ChannelName;
import io.lastmile.wire.MalformedException;
import io.lastmile.wire.MemberSource;
import io.lastmile.wire.SessionId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * A value of {@code lastmile.members}: the channels that a device is in; key = device.
 *
 * @param number of the device in its partition, by which records of broadcasts name it
 */
public record MemberRecord(int number, List<Membership> memberships) {
    /** The newest version this code writes and reads. */
    public static final int VERSION = 1;

    /** The most sessions by which a device can be in one channel; the record has the latest. */
    public static final int SESSIONS_MAX = 0xff;

    private static final int API = 1;
    private static final int DEVICE = 2;

    private static final Comparator<MemberSource.OfSession> LATEST_FIRST =
            Comparator.comparingLong(MemberSource.OfSession::openedOffset)
                    .thenComparing(of -> of.session().edge())
                    .thenComparingLong(of -> of.session().number())
                    .reversed();

    public MemberRecord {
        memberships = List.copyOf(memberships);
    }

    /**
     * That it is in one channel.
     *
     * @param sources by which it is there, at least one
     */
    public record Membership(ChannelName channel, Set<MemberSource> sources) {
        public Membership {
            sources = Set.copyOf(sources);
        }
    }

    /** The value of the record. */
    public byte[] encode() {
        BytesWriter out = new BytesWriter(64).u8(VERSION).i32(number).count(memberships.size());
        for (Membership membership : memberships) {
            out.text(membership.channel().value());
            int lasting = 0;
            List<MemberSource.OfSession> sessions = new ArrayList<>(1);
            for (MemberSource source : membership.sources()) {
                switch (source) {
                    case MemberSource.Api _ -> lasting |= API;
                    case MemberSource.Device _ -> lasting |= DEVICE;
                    case MemberSource.OfSession of -> sessions.add(of);
                }
            }
            sessions.sort(LATEST_FIRST); // a set has no order, and the same record the same bytes
            int count = Math.min(sessions.size(), SESSIONS_MAX);
            out.u8(lasting).u8(count);
            for (MemberSource.OfSession of : sessions.subList(0, count)) {
                out.incarnation(of.session().edge())
                        .i64(of.session().number())
                        .i64(of.openedOffset());
            }
        }
        return out.toBytes();
    }

    /**
     * The member of a record's value.
     *
     * @throws MalformedException where the bytes are none
     */
    public static MemberRecord decode(byte[] value) {
        BytesReader in = new BytesReader(value);
        Versions.read(in, VERSION);
        int number = in.i32("number");
        if (number < 0) {
            throw new MalformedException("number", "0 or more");
        }
        int count = in.countOf("channels", 4);
        List<Membership> memberships = new ArrayList<>(count);
        Set<ChannelName> channels = new HashSet<>();
        for (int i = 0; i < count; i++) {
            Membership membership = membership(in);
            if (!channels.add(membership.channel())) {
                throw new MalformedException("channel", "each stands once");
            }
            memberships.add(membership);
        }
        in.end("member");
        return new MemberRecord(number, memberships);
    }

    private static Membership membership(BytesReader in) {
        String channel = in.text("channel");
        if (!ChannelName.isValid(channel)) {
            throw new MalformedException("channel", ChannelName.RULE);
        }
        int lasting = in.u8("sources");
        if (lasting > (API | DEVICE)) {
            throw new MalformedException("sources", "0 to " + (API | DEVICE) + ", not " + lasting);
        }
        Set<MemberSource> sources = new LinkedHashSet<>();
        if ((lasting & API) != 0) {
            sources.add(MemberSource.API);
        }
        if ((lasting & DEVICE) != 0) {
            sources.add(MemberSource.DEVICE);
        }
        for (int left = in.u8("sessions"); left > 0; left--) {
            SessionId session = new SessionId(in.incarnation("edge"), in.sessionNumber("session"));
            sources.add(new MemberSource.OfSession(session, in.offset("opened")));
        }
        if (sources.isEmpty()) {
            throw new MalformedException("sources", "at least one");
        }
        return new Membership(new ChannelName(channel), sources);
    }
}
