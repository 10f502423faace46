package io.lastmile.router.heart;

import io.lastmile.wire.Audience;
import io.lastmile.wire.ChannelName;
import io.lastmile.wire.Control;
import io.lastmile.wire.MemberSource;
import io.lastmile.wire.record.MarkRecord;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.RoaringBitmap;

/**
 * The channels of the partition, and its members by number. A number is dense, a device's own for
 * as long as it is in any channel, and given out again only when nothing written under it is kept.
 */
final class Channels {
    private static final RoaringBitmap NOBODY = new RoaringBitmap();

    private final Map<ChannelName, Channel> byName = new HashMap<>();
    private final List<@Nullable Channel> byIndex = new ArrayList<>();
    private final ArrayDeque<Integer> freeIndexes = new ArrayDeque<>();
    private final ArrayDeque<Freed> freed = new ArrayDeque<>();
    private int[] handleByNumber = new int[0];
    private int numbersEnd;
    private long refused;

    /** A number that nobody has any more. */
    private record Freed(int number, long atMs) {}

    /** Above all numbers that were ever given out. */
    int numbersEnd() {
        return numbersEnd;
    }

    /** How many joins were ignored: their devices were in as many channels as one may be. */
    long refused() {
        return refused;
    }

    /** A checkpoint's; lower ones that nobody has may still stand in receipts. */
    void restoreNumbers(int end, long nowMs) {
        for (int number = 0; number < end; number++) {
            if (number >= handleByNumber.length || handleByNumber[number] == DeviceTable.NONE) {
                freed.addLast(new Freed(number, nowMs));
            }
        }
        numbersEnd = Math.max(numbersEnd, end);
    }

    /** The channel, which comes into being where nobody is in it. */
    Channel of(ChannelName name) {
        Channel known = byName.get(name);
        return known == null ? add(name) : known;
    }

    private Channel add(ChannelName name) {
        Integer free = freeIndexes.pollFirst();
        Channel channel = new Channel(name, free == null ? byIndex.size() : free);
        if (free == null) {
            byIndex.add(channel);
        } else {
            byIndex.set(free, channel);
        }
        byName.put(name, channel);
        return channel;
    }

    /** The channel of that index, which some device at rest names. */
    Channel indexed(int index) {
        Channel channel = byIndex.get(index);
        if (channel == null) {
            throw new IllegalStateException("no channel has the index " + index);
        }
        return channel;
    }

    /** The member has the place, at which the devices know it. */
    void place(int number, int handle) {
        if (number >= handleByNumber.length) {
            int from = handleByNumber.length;
            int length = Math.max(number + 1, from + from / 2);
            handleByNumber = Arrays.copyOf(handleByNumber, Math.max(16, length));
            Arrays.fill(handleByNumber, from, handleByNumber.length, DeviceTable.NONE);
        }
        handleByNumber[number] = handle;
        numbersEnd = Math.max(numbersEnd, number + 1);
    }

    /** The place of the member of that number; none where nobody has it. */
    int handle(int number) {
        return number < handleByNumber.length ? handleByNumber[number] : DeviceTable.NONE;
    }

    private int newNumber(long nowMs, long reuseAfterMs) {
        Freed oldest = freed.peekFirst();
        if (oldest != null && oldest.atMs + reuseAfterMs <= nowMs) {
            return freed.removeFirst().number;
        }
        return numbersEnd;
    }

    /** Whether the device is in the channel. */
    boolean isIn(Device device, ChannelName name) {
        Member member = device.member();
        Channel channel = byName.get(name);
        return member != null && channel != null && member.sourcesByChannel.containsKey(channel);
    }

    /** The device is in a channel, if it may be in one more; says whether that is news. */
    boolean join(Device device, Control.Join join, long nowMs, HeartSettings.Channels settings) {
        Member known = device.member();
        Channel channel = byName.get(join.channel());
        Set<MemberSource> sources =
                known == null || channel == null ? null : known.sourcesByChannel.get(channel);
        if (sources != null) {
            return sources.add(join.source());
        }
        if (known != null && known.sourcesByChannel.size() >= settings.perDeviceMax()) {
            refused++;
            return false;
        }
        Member member = known == null ? begin(device, nowMs, settings) : known;
        Channel joined = of(join.channel());
        member.add(joined, join.source());
        joined.members.add(member.number);
        return true;
    }

    private Member begin(Device device, long nowMs, HeartSettings.Channels settings) {
        Member member = new Member(newNumber(nowMs, settings.numberReuseAfterMs()));
        place(member.number, device.handle());
        device.becomes(member);
        return member;
    }

    /** A membership by that source ends; says whether there was one. */
    boolean leave(Device device, Control.Leave leave) {
        Member member = device.member();
        Channel channel = byName.get(leave.channel());
        if (member == null || channel == null) {
            return false;
        }
        Set<MemberSource> sources = member.sourcesByChannel.get(channel);
        if (sources == null || !sources.remove(leave.source())) {
            return false;
        }
        if (leave.source() instanceof MemberSource.OfSession of) {
            member.leaving.remove(new Member.Stray(channel, of));
        }
        if (sources.isEmpty()) {
            member.sourcesByChannel.remove(channel);
            remove(channel, member.number);
        }
        return true;
    }

    private void remove(Channel channel, int number) {
        if (channel.members.checkedRemove(number) && channel.members.isEmpty()) {
            byName.remove(channel.name);
            byIndex.set(channel.index, null);
            freeIndexes.addLast(channel.index);
        }
    }

    /** The device is no member any more: it is in no channel, and no broadcast waits for it. */
    void end(Device device, long nowMs) {
        int number = device.memberNumber();
        device.becomes(null);
        handleByNumber[number] = DeviceTable.NONE;
        freed.addLast(new Freed(number, nowMs));
    }

    /** A later record of the member counts instead, while it is read back. */
    void forget(int number, Collection<ChannelName> names) {
        handleByNumber[number] = DeviceTable.NONE;
        for (ChannelName name : names) {
            Channel channel = byName.get(name);
            if (channel != null) {
                remove(channel, number);
            }
        }
    }

    /** Whether anybody is in a channel that the audience names: only then it concerns anybody. */
    boolean concerns(Audience audience) {
        return audience.channels().stream().anyMatch(byName::containsKey);
    }

    /** Who belongs to the audience now, for the caller to keep. */
    RoaringBitmap members(MarkRecord mark) {
        if (mark.member() == MarkRecord.ALL) {
            return members(mark.facts().audience().root()).clone();
        }
        return handle(mark.member()) == DeviceTable.NONE
                ? new RoaringBitmap()
                : RoaringBitmap.bitmapOf(mark.member());
    }

    private RoaringBitmap members(Audience.Term term) {
        return switch (term) {
            case Audience.In(var name) -> {
                Channel channel = byName.get(name);
                yield channel == null ? NOBODY : channel.members;
            }
            case Audience.Not(var inner) -> RoaringBitmap.andNot(all(), members(inner));
            case Audience.Any(var terms) ->
                    terms.stream()
                            .map(this::members)
                            .reduce(NOBODY, (some, more) -> RoaringBitmap.or(some, more));
            case Audience.All(var terms) -> all(terms);
        };
    }

    /** What is not wanted is taken from what is, rather than from everybody. */
    private RoaringBitmap all(List<Audience.Term> terms) {
        RoaringBitmap some = null;
        for (Audience.Term term : terms) {
            if (!(term instanceof Audience.Not)) {
                RoaringBitmap next = members(term);
                some = some == null ? next : RoaringBitmap.and(some, next);
            }
        }
        RoaringBitmap left = some == null ? all() : some;
        for (Audience.Term term : terms) {
            if (term instanceof Audience.Not(var inner)) {
                left = RoaringBitmap.andNot(left, members(inner));
            }
        }
        return left;
    }

    private RoaringBitmap all() {
        RoaringBitmap all = new RoaringBitmap();
        byName.values().forEach(channel -> all.or(channel.members));
        return all;
    }

    /** The channels and how many members they have here, by name. */
    Map<ChannelName, Integer> sizes() {
        Map<ChannelName, Integer> sizes = new TreeMap<>();
        byName.forEach((name, channel) -> sizes.put(name, channel.members.getCardinality()));
        return sizes;
    }

    /** The members of a channel; nobody where there is no such channel. */
    RoaringBitmap members(ChannelName name) {
        Channel channel = byName.get(name);
        return channel == null ? NOBODY : channel.members;
    }

    void forEach(Consumer<Channel> action) {
        byName.values().forEach(action);
    }
}
