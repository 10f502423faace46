package io.lastmile.router.heart;

import io.lastmile.wire.MemberSource;
import io.lastmile.wire.record.MemberRecord;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What makes a device a member: its number, and by which sources it is in which channels. */
final class Member {
    final int number;
    final Map<Channel, Set<MemberSource>> sourcesByChannel = new HashMap<>(4);

    /** Those of which the leave is appended and has not been read. */
    final Set<Stray> leaving = new HashSet<>(0);

    Member(int number) {
        this.number = number;
    }

    /** It is in the channel by that source too. */
    void add(Channel channel, MemberSource source) {
        sourcesByChannel.computeIfAbsent(channel, _ -> new LinkedHashSet<>(2)).add(source);
    }

    /** The session-bound memberships that are none of this session's, null for no session. */
    List<Stray> strays(@Nullable OpenSession session) {
        List<Stray> strays = new ArrayList<>(0);
        sourcesByChannel.forEach((channel, sources) -> {
            for (MemberSource source : sources) {
                if (source instanceof MemberSource.OfSession of && !isOf(of, session)) {
                    strays.add(new Stray(channel, of));
                }
            }
        });
        return strays;
    }

    static boolean isOf(MemberSource.OfSession source, @Nullable OpenSession session) {
        return session != null
                && session.rank == source.openedOffset()
                && session.id.equals(source.session());
    }

    /** A membership by a session that does not own the device. */
    record Stray(Channel channel, MemberSource.OfSession source) {}

    /** What the members topic is to say of it. */
    MemberRecord record() {
        List<MemberRecord.Membership> memberships = new ArrayList<>(sourcesByChannel.size());
        sourcesByChannel.forEach((channel, sources) ->
                memberships.add(new MemberRecord.Membership(channel.name, sources)));
        memberships.sort(Comparator.comparing(MemberRecord.Membership::channel));
        return new MemberRecord(number, memberships);
    }
}
