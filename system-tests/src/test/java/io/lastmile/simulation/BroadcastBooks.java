package io.lastmile.simulation;

import static io.lastmile.simulation.InvariantBroken.check;

import io.lastmile.router.heart.Positions;
import io.lastmile.router.heart.Write;
import io.lastmile.simulation.Campaign.Marked;
import io.lastmile.simulation.PartitionLogs.MessageNote;
import io.lastmile.simulation.PartitionLogs.StateNote;
import io.lastmile.simulation.TransactionCoordinator.Appended;
import io.lastmile.wire.Audience;
import io.lastmile.wire.BroadcastId;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.Message;
import io.lastmile.wire.MessageId;
import io.lastmile.wire.Outcome;
import io.lastmile.wire.Partitions;
import io.lastmile.wire.record.BroadcastRecord;
import io.lastmile.wire.record.BroadcastStateRecord;
import io.lastmile.wire.record.MarkRecord;
import io.lastmile.wire.record.MemberBits;
import io.lastmile.wire.record.MemberRecord;
import io.lastmile.wire.record.OutcomesRecord;
import io.lastmile.wire.record.SummaryRecord;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The part of the books that is about broadcasts: who belongs to which, by the log of messages
 * alone, and whether what owners write of them adds up.
 *
 * <p>Long because all of it is about the same campaigns.
 */
final class BroadcastBooks {
    private final World world;
    private final Map<BroadcastId, Campaign> campaigns = new LinkedHashMap<>();
    private final List<InPartition> partitions = new ArrayList<>();

    /** One partition, as far as an owner can have read it. */
    private static final class InPartition {
        final Memberships members;
        final TreeMap<Long, Marked> marks = new TreeMap<>();
        final Map<DeviceId, Integer> numbers = new HashMap<>();
        long replayedTo;
        long watermark;

        InPartition(Memberships members) {
            this.members = members;
        }
    }

    BroadcastBooks(World world) {
        this.world = world;
        for (int p = 0; p < world.plan.partitions; p++) {
            partitions.add(new InPartition(memberships()));
        }
    }

    private Memberships memberships() {
        return new Memberships(world.plan.settings.channels().perDeviceMax());
    }

    // What producers do.

    /** Kafka has the broadcast. */
    Campaign posted(long offset, long appendedAtMs, BroadcastRecord.Post post) {
        BroadcastId id = new BroadcastId(offset);
        long[] ends = new long[world.plan.partitions];
        for (int p = 0; p < ends.length; p++) {
            ends[p] = world.partitions.get(p).messages.highEnd();
        }
        Campaign campaign = new Campaign(id, post, appendedAtMs, ends);
        campaigns.put(id, campaign);
        world.figures.count("broadcasts");
        return campaign;
    }

    /** Kafka has a record that takes a broadcast back. */
    void postedCancel(long offset, BroadcastId id) {
        Campaign campaign = campaigns.get(id);
        if (campaign != null) {
            campaign.cancelledAt = Math.min(campaign.cancelledAt, offset);
        }
    }

    /** Kafka has a mark once more, which a producer has copied. */
    void acceptedCopy(int partition, long offset, MarkRecord mark) {
        Campaign campaign = campaign(mark);
        partitions.get(partition).marks.put(offset, new Marked(campaign, offset, mark, true));
    }

    /** Retention has taken the broadcasts below. */
    void retained(long start) {
        campaigns.values().forEach(campaign -> campaign.isGone |= campaign.id.offset() < start);
    }

    private Campaign campaign(MarkRecord mark) {
        return Objects.requireNonNull(campaigns.get(mark.facts().id()), "a mark of nothing");
    }

    // Who belongs to it.

    /** An owner has read messages to there: who is a member where is known. */
    void readTo(int partition, long end) {
        InPartition here = partitions.get(partition);
        SimulatedLog<MessageNote> log = world.partitions.get(partition).messages;
        for (; here.replayedTo < end; here.replayedTo++) {
            switch (log.look(here.replayedTo)) {
                case MessageNote.Intact(var message) -> apply(here.members, partition, message);
                case MessageNote.Marked _ -> cut(here, partition, here.replayedTo);
                case null, default -> {}
            }
        }
    }

    private void apply(Memberships members, int partition, Message message) {
        if (message.control() != null
                && Partitions.of(message.device(), world.plan.partitions) == partition) {
            members.apply(message.device(), message.control());
        }
    }

    private void cut(InPartition here, int partition, long offset) {
        Marked marked = here.marks.get(offset);
        if (marked == null || marked.copies != null) {
            return;
        }
        Campaign campaign = marked.campaign;
        Map<DeviceId, Story> copies = new LinkedHashMap<>();
        for (DeviceId member : here.members.members(campaign.post.audience())) {
            copies.put(
                    member,
                    Story.ofCopy(
                            new MessageId(partition, offset),
                            member,
                            campaign.post.message(),
                            campaign.acceptedAtMs,
                            campaign.ttlMs(),
                            campaign.id));
        }
        marked.copies = copies;
        world.figures.add("copies", copies.size());
        world.trace.note(() -> marked + " is for " + copies.keySet());
    }

    /** The copy that the device has there; null where no mark is there. */
    @Nullable Story copy(int partition, long offset, DeviceId device) {
        InPartition here = partitions.get(partition);
        Marked marked = here.marks.get(offset);
        if (marked == null) {
            return null;
        }
        if (marked.copies == null) {
            readTo(partition, offset + 1);
        }
        Story copy = Objects.requireNonNull(marked.copies, "a mark that is read").get(device);
        check(
                copy != null,
                Invariant.MEMBERS_AT_THE_MARK,
                () -> device + " is none of those for whom is the " + marked);
        return copy;
    }

    /** The broadcast whose mark is there. */
    BroadcastId idAt(int partition, long offset) {
        return Objects.requireNonNull(partitions.get(partition).marks.get(offset)).campaign.id;
    }

    // What owners write.

    /** A transaction is decided; numbers of members first, since all else names those. */
    void numbers(int partition, List<Appended<?>> appended) {
        InPartition here = partitions.get(partition);
        for (Appended<?> append : appended) {
            switch (append.value()) {
                case MessageNote.Marked(var mark) -> marked(here, append.offset(), mark);
                case StateNote note
                        when note.write instanceof Write.Membership(var device, var member)
                                && member != null -> {
                    here.numbers.put(device, member.number());
                }
                default -> {}
            }
        }
        for (Appended<?> append : appended) {
            if (append.value() instanceof StateNote note
                    && note.write instanceof Write.BroadcastState(var offset, var state)
                    && state != null) {
                stands(here, partition, append.offset(), offset, state);
            }
        }
    }

    private void marked(InPartition here, long offset, MarkRecord mark) {
        Campaign campaign = campaign(mark);
        Marked marked = new Marked(campaign, offset, mark, false);
        here.marks.put(offset, marked);
        int partition = partitions.indexOf(here);
        world.broadcasters.marked(partition, mark);
        Marked before = campaign.marks.putIfAbsent(partition, marked);
        world.trace.note(() -> marked + " is appended to " + partition);
        check(
                before == null,
                Invariant.MEMBERS_AT_THE_MARK,
                () -> campaign + " is marked twice in " + partition);
    }

    private void stands(
            InPartition here,
            int partition,
            long inboxOffset,
            long offset,
            BroadcastStateRecord state) {
        Marked marked = marked(here, partition, offset);
        if (!marked.hasState) {
            marked.hasState = true;
            for (DeviceId member : Objects.requireNonNull(marked.copies).keySet()) {
                Integer number = here.numbers.get(member);
                check(
                        number != null,
                        Invariant.MEMBERS_AT_THE_MARK,
                        () -> member + " has no number that is committed with the " + marked);
                marked.deviceByNumber.put(number, member);
            }
        }
        Set<DeviceId> members = Objects.requireNonNull(marked.copies).keySet();
        check(
                state.membersAtMark() == members.size(),
                Invariant.MEMBERS_AT_THE_MARK,
                () -> marked + " is for " + members + ", not " + state);
        if (state.ending() != null) {
            marked.endingInInboxAt = Math.min(marked.endingInInboxAt, inboxOffset);
        }
    }

    private Marked marked(InPartition here, int partition, long offset) {
        readTo(partition, offset + 1);
        Marked marked = here.marks.get(offset);
        check(
                marked != null && !marked.isCopied,
                Invariant.MEMBERS_AT_THE_MARK,
                () -> "no mark, or a copy of one, is at " + partition + "-" + offset);
        return Objects.requireNonNull(marked);
    }

    /** Those of whom the summary speaks. */
    List<DeviceId> members(int partition, SummaryRecord summary) {
        InPartition here = partitions.get(partition);
        Marked marked = marked(here, partition, summary.mark().offset());
        List<DeviceId> members = new ArrayList<>();
        for (int number : summary.members()) {
            DeviceId device = marked.deviceByNumber.get(number);
            check(
                    device != null,
                    Invariant.MEMBERS_AT_THE_MARK,
                    () -> number + " is nobody for whom is the " + marked);
            members.add(device);
        }
        return members;
    }

    /** The same transaction, once all outcomes of it are known. */
    void checkSums(int partition, List<Appended<?>> appended) {
        InPartition here = partitions.get(partition);
        for (Appended<?> append : appended) {
            if (!(append.value() instanceof StateNote note)) {
                continue;
            }
            switch (note.write) {
                case Write.BroadcastState(var offset, var state) when state != null ->
                        checkCounts(marked(here, partition, offset), state);
                case Write.Outcomes(var offset, var piece, var outcomes) when outcomes != null ->
                        checkBits(marked(here, partition, offset), piece, outcomes);
                case Write.Membership(var device, var member) when member == null ->
                        here.numbers.remove(device);
                case null, default -> {}
            }
        }
    }

    private static void checkCounts(Marked marked, BroadcastStateRecord state) {
        Map<Outcome, Integer> counts = new EnumMap<>(Outcome.class);
        for (Story copy : Objects.requireNonNull(marked.copies).values()) {
            if (copy.receipt != null) {
                counts.merge(copy.receipt.outcome(), 1, Integer::sum);
            }
        }
        check(
                counts.equals(state.countByOutcome()),
                Invariant.COUNTERS_ADD_UP,
                () -> marked + " has " + counts + ", and says " + state.countByOutcome());
    }

    private static void checkBits(Marked marked, int piece, OutcomesRecord said) {
        marked.deviceByNumber.forEach((number, device) -> {
            if (number / MemberBits.BITS != piece) {
                return;
            }
            Story copy = Objects.requireNonNull(marked.copies).get(device);
            Outcome outcome = copy == null || copy.receipt == null ? null : copy.receipt.outcome();
            int bit = number % MemberBits.BITS;
            boolean right = isSet(said.waiting(), bit) == (outcome == null);
            for (Map.Entry<Outcome, long[]> entry : said.byOutcome().entrySet()) {
                right &= isSet(entry.getValue(), bit) == (entry.getKey() == outcome);
            }
            check(
                    right && (outcome == null || said.byOutcome().containsKey(outcome)),
                    Invariant.COUNTERS_ADD_UP,
                    () -> copy + " is not as the bits of the " + marked + " say");
        });
    }

    private static boolean isSet(long[] words, int bit) {
        return (words[bit / Long.SIZE] >>> bit & 1) != 0;
    }

    /** An owner has come so far. */
    void checkpoint(int partition, long inboxOffset, Positions positions) {
        checkWatermark(partition, positions.watermark());
        partitions.get(partition).watermark = positions.watermark();
        for (Campaign campaign : campaigns.values()) {
            if (campaign.cancelledAt < positions.broadcasts().position()) {
                campaign.cancelInInboxAt[partition] =
                        Math.min(campaign.cancelInInboxAt[partition], inboxOffset);
            }
        }
    }

    /** The one that was committed last. */
    long watermark(int partition) {
        return partitions.get(partition).watermark;
    }

    /** What is below a committed watermark is in the state. */
    private void checkWatermark(int partition, long watermark) {
        InPartition here = partitions.get(partition);
        readTo(partition, watermark);
        for (Marked marked : here.marks.headMap(watermark).values()) {
            Map<DeviceId, Story> copies = marked.copies;
            check(
                    marked.hasState || copies == null || copies.isEmpty(),
                    Invariant.WATERMARK,
                    () -> marked + " is not in the state, the watermark is " + watermark);
        }
    }

    /** Broadcasts of which an owner read at its claim that they have ended. */
    Set<Long> ended(int partition, long epoch) {
        Set<Long> ended = new LinkedHashSet<>();
        for (Marked marked : partitions.get(partition).marks.values()) {
            if (marked.endingInInboxAt < epoch
                    || marked.campaign.cancelInInboxAt[partition] < epoch) {
                ended.add(marked.offset);
            }
        }
        return ended;
    }

    // Whether it is as it should be.

    /** The owner says how a copy ends that its device did not acknowledge. */
    void checkDeserved(Story copy, Outcome outcome) {
        Campaign campaign = Objects.requireNonNull(campaigns.get(copy.copyOf));
        boolean deserved =
                switch (outcome) {
                    case EXPIRED ->
                            campaign.isGone
                                    || copy.ttlMs == Story.TTL_CONNECTED
                                    || world.agenda.nowMs() + world.kafka.clockErrorMs()
                                            >= copy.acceptedAtMs + copy.ttlMs;
                    case OVERFLOWED ->
                            later(copy, campaign).size()
                                    >= world.plan.settings.channels().waitingMax();
                    case REPLACED ->
                            later(copy, campaign).stream()
                                    .anyMatch(other ->
                                            Objects.equals(
                                                    other.post.message().collapseKey(),
                                                    campaign.post.message().collapseKey()));
                    case CANCELLED -> campaign.cancelledAt != Campaign.NEVER;
                    case REJECTED -> copy.sends.stream().anyMatch(sent -> sent.refused);
                    case DELIVERED -> true;
                };
        check(deserved, Invariant.DESERVED, () -> copy + " settles as " + outcome);
    }

    /** Those with a mark behind it and the same audience. */
    private List<Campaign> later(Story copy, Campaign campaign) {
        Audience.Term root = campaign.post.audience().root();
        return partitions.get(copy.partition).marks.tailMap(copy.offset, false).values().stream()
                .map(marked -> marked.campaign)
                .filter(other -> other.post.audience().root().equals(root))
                .toList();
    }

    /** The marks before that offset that a broadcast with this mark takes the place of. */
    List<Long> replaced(int partition, long offset) {
        TreeMap<Long, Marked> marks = partitions.get(partition).marks;
        Marked by = marks.get(offset);
        if (by == null || by.copies == null || by.copies.isEmpty()) {
            return List.of(); // where nobody gets it, it takes nobody's place
        }
        String key = by.campaign.post.message().collapseKey();
        if (key == null) {
            return List.of();
        }
        Audience.Term root = by.campaign.post.audience().root();
        return marks.headMap(offset).values().stream()
                .filter(marked ->
                        !marked.isCopied
                                && key.equals(marked.campaign.post.message().collapseKey())
                                && marked.campaign.post.audience().root().equals(root))
                .map(marked -> marked.offset)
                .toList();
    }

    /** Whether each broadcast has met all that it had to meet, and each copy has its outcome. */
    boolean isSettled() {
        return unsettled() == null;
    }

    /** Something that is not as it should be in the end. */
    @Nullable String unsettled() {
        for (int p = 0; p < partitions.size(); p++) {
            SimulatedLog<MessageNote> log = world.partitions.get(p).messages;
            if (!partitions.get(p).marks.isEmpty() && log.end() < log.highEnd()) {
                return "a transaction is open";
            }
            readTo(p, log.end());
            for (Marked marked : partitions.get(p).marks.values()) {
                Map<DeviceId, Story> copies = marked.copies;
                if (copies == null) {
                    return marked + " cannot be read";
                }
                for (Story copy : copies.values()) {
                    if (copy.receipt == null) {
                        return copy.toString();
                    }
                }
            }
        }
        return null;
    }

    void checkSettled() {
        String left = unsettled();
        check(left == null, Invariant.NOTHING_LOST, () -> "in the end: " + left);
    }

    /** A campaign that does not have a mark where somebody has been a member since before it. */
    @Nullable String missed() {
        for (int p = 0; p < partitions.size(); p++) {
            for (Campaign campaign : campaigns.values()) {
                if (!campaign.isGone && !campaign.marks.containsKey(p)) {
                    Set<DeviceId> members = membersSince(p, campaign);
                    if (!members.isEmpty()) {
                        return campaign + " has no mark in " + p + ", where are " + members;
                    }
                }
            }
        }
        return null;
    }

    private Set<DeviceId> membersSince(int partition, Campaign campaign) {
        SimulatedLog<MessageNote> log = world.partitions.get(partition).messages;
        Memberships members = memberships();
        Set<DeviceId> all = new LinkedHashSet<>();
        Audience audience = campaign.post.audience();
        long from = campaign.messagesEnds[partition];
        for (long at = 0; at < log.end(); at++) {
            if (at == from) {
                all.addAll(members.members(audience));
            }
            if (log.look(at) instanceof MessageNote.Intact(var message)) {
                apply(members, partition, message);
                if (at >= from && !members.matches(audience, message.device())) {
                    all.remove(message.device());
                }
            }
        }
        return all;
    }

    void checkMet() {
        String missed = missed();
        check(missed == null, Invariant.JOIN_IS_MET, () -> missed);
    }

    /** The members topic says what the log of messages says. */
    void checkMembers(int partition) {
        Map<DeviceId, MemberRecord> said = new LinkedHashMap<>();
        for (SimulatedLog.Read<StateNote> read :
                world.partitions.get(partition).members.read(0, Integer.MAX_VALUE).records()) {
            if (read.value().write instanceof Write.Membership(var device, var member)) {
                if (member == null) {
                    said.remove(device);
                } else {
                    said.put(device, member);
                }
            }
        }
        Memberships members = partitions.get(partition).members;
        for (SimulatedDevice device : world.devices) {
            if (device.partition != partition) {
                continue;
            }
            Map<Object, Set<?>> channels = new HashMap<>();
            MemberRecord record = said.get(device.id);
            if (record != null) {
                record.memberships().forEach(one -> channels.put(one.channel(), one.sources()));
            }
            check(
                    channels.equals(members.of(device.id)),
                    Invariant.MEMBERS_AT_THE_MARK,
                    () ->
                            device.id
                                    + " is in "
                                    + members.of(device.id)
                                    + ", members says "
                                    + channels);
            device.checkMemberships(members.of(device.id));
        }
    }
}
