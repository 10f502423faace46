package io.lastmile.cli.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lastmile.cli.MainRun;
import io.lastmile.cli.dev.TestKafka;
import io.lastmile.wire.Audience;
import io.lastmile.wire.BroadcastId;
import io.lastmile.wire.ChannelName;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.Incarnation;
import io.lastmile.wire.MemberSource;
import io.lastmile.wire.Message;
import io.lastmile.wire.MessageId;
import io.lastmile.wire.Outcome;
import io.lastmile.wire.Partitions;
import io.lastmile.wire.SessionId;
import io.lastmile.wire.Transport;
import io.lastmile.wire.Urgency;
import io.lastmile.wire.record.BroadcastFacts;
import io.lastmile.wire.record.CopiesAckedRecord;
import io.lastmile.wire.record.EventRecord;
import io.lastmile.wire.record.InboxKey;
import io.lastmile.wire.record.MarkRecord;
import io.lastmile.wire.record.MemberRecord;
import io.lastmile.wire.record.OutcomesRecord;
import io.lastmile.wire.record.Proof;
import io.lastmile.wire.record.Receipts;
import io.lastmile.wire.record.SummaryRecord;
import io.lastmile.wire.record.Topic;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A broadcast as owners and edges write of it, and what is told of it for one device. */
class CopyTraceTest {
    private static final int PARTITION = 1;
    private static final Incarnation EDGE = new Incarnation("edge-1", 5);

    /** Members 0 to 2 of one partition, and one who is in no channel. */
    private static final List<DeviceId> DEVICES =
            Stream.iterate(0, i -> i + 1)
                    .map(i -> new DeviceId("phone-" + i))
                    .filter(device -> Partitions.of(device, TestKafka.PARTITIONS) == PARTITION)
                    .limit(4)
                    .toList();

    @TempDir private static Path temp;
    private static TestKafka kafka;
    private static KafkaProducer<byte[], byte[]> producer;
    private static BroadcastId id;
    private static MessageId mark;

    @BeforeAll
    static void start() throws Exception {
        kafka = new TestKafka(temp.resolve("kafka"));
        producer =
                new KafkaProducer<>(
                        kafka.settings().producer(Map.of()),
                        new ByteArraySerializer(),
                        new ByteArraySerializer());
        for (int i = 0; i < 3; i++) {
            MemberRecord member =
                    new MemberRecord(
                            i,
                            List.of(
                                    new MemberRecord.Membership(
                                            new ChannelName("news"), Set.of(MemberSource.API))));
            var _ = send(Topic.MEMBERS, PARTITION, DEVICES.get(i).bytes(), member.encode());
        }
        RecordMetadata accepted = send(Topic.BROADCASTS, 0, bytes("news"), bytes("hello"));
        id = new BroadcastId(accepted.offset());
        BroadcastFacts facts =
                new BroadcastFacts(
                        id,
                        Audience.parse("news"),
                        accepted.timestamp(),
                        Message.ABSENT,
                        Message.ABSENT,
                        0,
                        5,
                        Urgency.NORMAL,
                        null,
                        null,
                        Receipts.SUMMARY,
                        false);
        ProducerRecord<byte[], byte[]> marked =
                new ProducerRecord<>(
                        kafka.settings().topic(Topic.MESSAGES),
                        PARTITION,
                        null,
                        new MarkRecord(3, MarkRecord.ALL, facts).encode());
        marked.headers().add("mark", bytes(id.toString()));
        mark = new MessageId(PARTITION, producer.send(marked).get().offset());
        delivered(accepted.timestamp());
    }

    /** To the first; the second waits; the third ended, and its summary is gone. */
    private static void delivered(long atMs) throws Exception {
        var _ =
                send(
                        Topic.EVENTS,
                        PARTITION,
                        DEVICES.getFirst().bytes(),
                        new EventRecord.Opened(
                                        new SessionId(EDGE, 9),
                                        -1,
                                        Transport.TCP,
                                        5,
                                        1,
                                        16,
                                        true,
                                        atMs - 1_000)
                                .encode());
        var _ =
                send(
                        Topic.EVENTS,
                        PARTITION,
                        null,
                        new CopiesAckedRecord(
                                        EDGE,
                                        mark.offset(),
                                        List.of(
                                                new CopiesAckedRecord.Ack(
                                                        0,
                                                        9,
                                                        atMs + 20,
                                                        atMs + 120,
                                                        Proof.PUBACK,
                                                        0)))
                                .encode());
        var _ =
                send(
                        Topic.RECEIPTS,
                        PARTITION,
                        bytes(SummaryRecord.key(id)),
                        new SummaryRecord(id, mark, Outcome.DELIVERED, atMs + 130, new int[] {0})
                                .encode());
        long[] waiting = new long[8];
        waiting[0] = 1 << 1;
        long[] expired = new long[8];
        expired[0] = 1 << 2;
        var _ =
                send(
                        Topic.INBOX,
                        PARTITION,
                        new InboxKey.Members(mark.offset(), 0).encode(),
                        new OutcomesRecord(waiting, Map.of(Outcome.EXPIRED, expired)).encode());
    }

    @AfterAll
    static void stop() {
        producer.close();
        kafka.close();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static RecordMetadata send(
            Topic topic, int partition, byte @Nullable [] key, byte[] value) throws Exception {
        return producer.send(
                        new ProducerRecord<>(kafka.settings().topic(topic), partition, key, value))
                .get();
    }

    private static MainRun trace(String... more) {
        return MainRun.of(
                Stream.concat(
                                Stream.of(
                                        "trace",
                                        "--kafka.bootstrap=" + kafka.settings().bootstrap()),
                                Stream.of(more))
                        .toList());
    }

    private static MainRun copy(int device) {
        return trace("--broadcast", id.toString(), "--device", DEVICES.get(device).value());
    }

    @Test
    void aCopyThatIsDeliveredIsToldStepByStep() {
        MainRun run = copy(0);
        assertEquals(0, run.exitCode(), run.err());
        List<String> steps =
                run.out()
                        .lines()
                        .filter(line -> line.startsWith("20"))
                        .map(line -> line.substring(41, 55).strip())
                        .toList();
        assertEquals(
                List.of("opened", "accepted", "marked", "sent", "acknowledged", "delivered"),
                steps.stream().sorted(Comparator.comparingInt(ORDER::indexOf)).toList(),
                run.out());
        assertTrue(run.out().contains("acknowledged it 120 ms after"), run.out());
        assertTrue(run.out().contains("edge-1/5/9"), run.out());
    }

    /** The mark's append time is the broker's; an edge that is ahead of it may be told first. */
    private static final List<String> ORDER =
            List.of("opened", "accepted", "marked", "sent", "acknowledged", "delivered");

    @Test
    void aCopyThatWaitsSaysWhatFor() {
        MainRun run = copy(1);
        assertEquals(0, run.exitCode(), run.err());
        assertTrue(run.out().contains("it waits in the inbox, the device is offline"), run.out());
    }

    @Test
    void withoutASummaryTheStateSaysHowItEnded() {
        MainRun run = copy(2);
        assertEquals(0, run.exitCode(), run.err());
        assertTrue(run.out().contains("did not get it: it expired"), run.out());
    }

    @Test
    void whoIsNoMemberHasNoCopy() {
        MainRun run = copy(3);
        assertEquals(1, run.exitCode(), run.out());
        assertTrue(run.err().contains("was not in the audience of " + id), run.err());
        MainRun none = trace("--broadcast", "b99", "--device", "a");
        assertEquals(1, none.exitCode(), none.out());
        assertTrue(none.err().contains("there is no broadcast b99"), none.err());
    }

    @Test
    void aMarkIsNoMessage() {
        MainRun run = trace(mark.toString());
        assertEquals(1, run.exitCode(), run.out());
        assertTrue(run.err().contains("is the mark of broadcast " + id), run.err());
    }
}
