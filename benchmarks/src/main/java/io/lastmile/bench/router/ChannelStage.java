package io.lastmile.bench.router;

import io.lastmile.bench.Figure;
import io.lastmile.bench.load.TopicBytes;
import io.lastmile.bench.load.Until;
import io.lastmile.wire.ChannelName;
import io.lastmile.wire.Header;
import io.lastmile.wire.MessageHeader;
import io.lastmile.wire.Payload;
import io.lastmile.wire.record.Topic;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/** What members of a channel, and broadcasts that wait for them, take of Kafka and of the heap. */
final class ChannelStage {
    private static final ChannelName CHANNEL = new ChannelName("bench");

    /** As many of a channel wait by default. */
    private static final int BROADCASTS = 10;

    private static final int PAYLOAD_BYTES = 1 << 10;
    private static final int TTL_SECONDS = 3;
    private static final Set<Topic> JOINING =
            EnumSet.of(Topic.MESSAGES, Topic.INBOX, Topic.MEMBERS);
    private static final Set<Topic> WAITING =
            EnumSet.of(
                    Topic.BROADCASTS, Topic.MESSAGES, Topic.INBOX, Topic.MEMBERS, Topic.RECEIPTS);
    private static final Duration COMMITTED = Duration.ofSeconds(2);

    private final RouterBed bed;
    private final int members;

    ChannelStage(RouterBed bed) {
        this.bed = bed;
        members = bed.members().count();
    }

    void run(Map<Figure, Double> figures) {
        long emptyBytes = heap("before anybody joins");
        join(figures);
        long joinedBytes = heap("with all members");
        figures.put(Figure.HEAP_PER_MEMBER, (double) (joinedBytes - emptyBytes) / members);
        expire(figures);
        heap("with one broadcast that has expired");
        await(figures);
        heap("with " + BROADCASTS + " broadcasts that wait"); // hardly to be seen: some bits each
    }

    private void join(Map<Figure, Double> figures) {
        bed.say("%,d absent devices join a channel".formatted(members));
        TopicBytes before = TopicBytes.now(bed.kafka());
        long beganNs = System.nanoTime();
        bed.producer().join(bed.members(), CHANNEL);
        bed.positions().awaitCommitted();
        figures.put(Figure.MEMBERS_SECONDS, secondsSince(beganNs));
        Until.passed(COMMITTED); // quiet devices are at rest then
        say("joining", before);
        long bytes = TopicBytes.now(bed.kafka()).since(before, JOINING);
        figures.put(Figure.JOIN_BYTES, (double) bytes / members);
    }

    /** They wait: the payload is there once, and who waits. */
    private void await(Map<Figure, Double> figures) {
        bed.say(BROADCASTS + " broadcasts that nobody is there for");
        long read = bed.figures().broadcastsRead();
        TopicBytes before = TopicBytes.now(bed.kafka());
        long beganNs = System.nanoTime();
        for (int i = 0; i < BROADCASTS; i++) {
            bed.producer().broadcast(CHANNEL, payload(i), List.of());
        }
        awaitCut(read);
        figures.put(Figure.CUT_SECONDS, secondsSince(beganNs));
        Until.passed(COMMITTED);
        say("waiting", before);
        double bytes = TopicBytes.now(bed.kafka()).since(before, WAITING) / (double) BROADCASTS;
        figures.put(Figure.WAITING_KAFKA_BYTES, bytes);
        figures.put(Figure.WAITING_BYTES, (bytes - PAYLOAD_BYTES) / members);
    }

    private void expire(Map<Figure, Double> figures) {
        bed.say("a broadcast that expires for all after %d s".formatted(TTL_SECONDS));
        TopicBytes before = TopicBytes.now(bed.kafka());
        long expired = bed.figures().expired();
        Header ttl = new Header(MessageHeader.TTL.headerName(), Integer.toString(TTL_SECONDS));
        bed.producer().broadcast(CHANNEL, payload(BROADCASTS), List.of(ttl));
        long beganNs = System.nanoTime() + Duration.ofSeconds(TTL_SECONDS).toNanos();
        bed.awaitExpired(expired + members);
        figures.put(Figure.EXPIRE_SECONDS, secondsSince(beganNs));
        bed.positions().awaitCommitted();
        Until.passed(COMMITTED);
        say("expiring", before);
        TopicBytes after = TopicBytes.now(bed.kafka());
        long receipts = after.since(before, EnumSet.of(Topic.RECEIPTS));
        figures.put(Figure.SUMMARY_BYTES, (double) receipts / members);
        long inbox = after.since(before, EnumSet.of(Topic.INBOX));
        figures.put(Figure.EXPIRED_INBOX_BYTES, (double) inbox / members);
    }

    /** Until the owners' marks are in messages, and all that follows from them is committed. */
    private void awaitCut(long readBefore) {
        Until.holds(
                "the owners read all broadcasts",
                RouterBed.PATIENCE,
                () -> bed.figures().broadcastsRead() >= readBefore + BROADCASTS);
        Until.passed(COMMITTED); // marks are on their way at once
        bed.positions().awaitCommitted();
    }

    private void say(String what, TopicBytes before) {
        StringBuilder line = new StringBuilder(what + ", bytes on disk:");
        TopicBytes after = TopicBytes.now(bed.kafka());
        for (Topic topic : WAITING) {
            line.append(" %s %,d".formatted(topic.label(), after.since(before, EnumSet.of(topic))));
        }
        bed.say(line.toString());
    }

    private static Payload payload(int seed) {
        byte[] bytes = new byte[PAYLOAD_BYTES];
        new Random(seed).nextBytes(bytes);
        return Payload.of(bytes);
    }

    private static double secondsSince(long beganNs) {
        return (System.nanoTime() - beganNs) / 1e9;
    }

    private long heap(String when) {
        long bytes = bed.figures().liveHeapBytes();
        bed.say("live heap of the router, %s: %.1f MiB".formatted(when, bytes / 1048576.0));
        return bytes;
    }
}
