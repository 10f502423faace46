package io.lastmile.cli.replay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lastmile.cli.MainRun;
import io.lastmile.cli.dev.TestKafka;
import io.lastmile.node.kafka.KafkaSettings;
import io.lastmile.node.replay.Course;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.MessageId;
import io.lastmile.wire.Outcome;
import io.lastmile.wire.Partitions;
import io.lastmile.wire.record.Proof;
import io.lastmile.wire.record.ReceiptRecord;
import io.lastmile.wire.record.Topic;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The tools on a real Kafka. */
class TailAndReplayTest {
    @TempDir private static Path temp;
    private static TestKafka kafka;
    private static KafkaProducer<byte[], byte[]> producer;

    @BeforeAll
    static void start() throws Exception {
        kafka = new TestKafka(temp.resolve("kafka"));
        producer =
                new KafkaProducer<>(
                        kafka.settings().producer(Map.of()),
                        new ByteArraySerializer(),
                        new ByteArraySerializer());
    }

    @AfterAll
    static void stop() {
        producer.close();
        kafka.close();
    }

    private static RecordMetadata send(String device, String body, String... headers)
            throws Exception {
        DeviceId to = new DeviceId(device);
        var record =
                new ProducerRecord<>(
                        kafka.settings().topic(Topic.MESSAGES),
                        Partitions.of(to, TestKafka.PARTITIONS),
                        to.bytes(),
                        bytes(body));
        for (int i = 0; i < headers.length; i += 2) {
            record.headers().add(headers[i], bytes(headers[i + 1]));
        }
        return producer.send(record).get();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static List<String> tail(String... more) {
        List<String> arguments = new ArrayList<>(List.of("tail", "messages", "--no-follow"));
        arguments.addAll(List.of(more));
        return run(arguments).out().lines().toList();
    }

    private static MainRun runAny(List<String> arguments) {
        List<String> all = new ArrayList<>(arguments);
        KafkaSettings settings = kafka.settings();
        all.add("--kafka.bootstrap=" + settings.bootstrap());
        return MainRun.of(all);
    }

    private static MainRun run(List<String> arguments) {
        MainRun run = runAny(arguments);
        assertEquals(0, run.exitCode(), run.err());
        return run;
    }

    @Test
    void tailShowsOneDeviceFromATimeUpToACount() throws Exception {
        send("tail-1", "a");
        send("tail-2", "b");
        RecordMetadata third = send("tail-1", "c");
        send("tail-1", "d");

        List<String> all = tail("--device", "tail-1");
        assertEquals(3, all.size(), all.toString());
        List<String> json = tail("--device=tail-1", "--json", "--count", "1");
        assertEquals(1, json.size());
        assertTrue(json.getFirst().contains("\"payload\":\"a\""), json.toString());
        String time = Instant.ofEpochMilli(third.timestamp()).toString();
        List<String> later = tail("--device", "tail-1", "--from", time);
        assertTrue(later.getLast().contains("payload=d"), later.toString());
        assertTrue(tail("--from", "latest").isEmpty());
        assertTrue(tail("--from", "2999-01-01T00:00:00Z").isEmpty());
        List<String> redacted = tail("--device=tail-1", "--json", "--no-payloads");
        assertTrue(redacted.getFirst().contains("\"payloadBytes\":1"), redacted.toString());
        assertTrue(redacted.stream().noneMatch(line -> line.contains("\"payload\":")));
        assertEquals(redacted, tail("--device=tail-1", "--json", "--tail.payloads=false"));
        List<String> topic = tail();
        assertTrue(topic.stream().anyMatch(line -> line.contains("tail-2")), topic.toString());
    }

    @Test
    void replaySendsAgainInOrderToTheSameOrAnotherDevice() throws Exception {
        send("replay-1", "early");
        long fromMs = send("replay-1", "one", "ttl", "60", "idempotency-key", "k").timestamp();
        send("replay-other", "not mine");
        send("replay-1", "two");
        List<String> span =
                List.of("--device", "replay-1", "--from", Instant.ofEpochMilli(fromMs).toString());

        MainRun dry = replay(span, "--dry-run");
        assertTrue(dry.out().startsWith("would replay "), dry.out());
        assertNull(copyOf("two", "replay-1"));

        MainRun moved = replay(span, "--to-device", "replay-2");
        assertTrue(
                moved.out().startsWith("replayed 2 messages of 1 device, accepted "), moved.out());
        List<String> copies = tail("--device", "replay-2", "--json");
        assertTrue(copies.size() >= 2, copies.toString());
        String one = copies.get(copies.size() - 2);
        assertTrue(one.contains("\"payload\":\"one\""), one);
        assertTrue(one.contains("\"ttl\":\"60\",\"idempotency-key\":\"replay-"), one);
        assertTrue(one.contains("\"replay-of\":\""), one);
        assertTrue(copies.getLast().contains("\"payload\":\"two\""), copies.getLast());

        replay(span);
        MainRun again = replay(span);
        assertTrue(again.out().contains("skipped"), "copies are not repeated: " + again.out());
    }

    @Test
    void replayOfNothingSaysSo() {
        MainRun run =
                runAny(
                        List.of(
                                "replay",
                                "--state=" + temp.resolve("replay"),
                                "--device=nobody",
                                "--from=2020-01-01T00:00:00Z"));
        assertEquals(1, run.exitCode(), run.out());
        assertEquals(
                "lastmile replay: replayed nothing: there are no such messages",
                run.err().lines().toList().getLast());
    }

    @Test
    void theEndingAndThePrefixChoose() throws Exception {
        RecordMetadata expired = send("chosen-1", "expired");
        send("chosen-1", "not settled");
        send("other-1", "of another");
        long fromMs = expired.timestamp();
        DeviceId device = new DeviceId("chosen-1");
        ReceiptRecord receipt =
                new ReceiptRecord(
                        new MessageId(expired.partition(), expired.offset()),
                        expired.offset(),
                        Outcome.EXPIRED,
                        null,
                        fromMs,
                        fromMs,
                        ReceiptRecord.NEVER,
                        ReceiptRecord.NEVER,
                        fromMs + 10,
                        0,
                        Proof.NONE,
                        0,
                        "",
                        null,
                        null);
        producer.send(
                        new ProducerRecord<>(
                                kafka.settings().topic(Topic.RECEIPTS),
                                expired.partition(),
                                device.bytes(),
                                receipt.encode()))
                .get();
        List<String> span =
                List.of(
                        "--device-prefix=chosen",
                        "--from",
                        Instant.ofEpochMilli(fromMs).toString());
        assertTrue(replay(span, "--dry-run").out().contains(" 2 messages of 1 device"));
        MainRun run = replay(span, "--outcome=expired", "--to-device=chosen-debug");
        assertTrue(run.out().startsWith("replayed 1 message of 1 device"), run.out());
        List<String> copies = tail("--device", "chosen-debug", "--json");
        assertEquals(1, copies.size());
        assertTrue(copies.getFirst().contains("\"payload\":\"expired\""), copies.toString());
    }

    @Test
    void aFileHoldsMessagesForLater() throws Exception {
        RecordMetadata first = send("file-1", "one", "ttl", "60", "my-own", "x");
        RecordMetadata last = send("file-1", "two");
        String ids =
                "%d-%d..%d-%d"
                        .formatted(
                                first.partition(), first.offset(), last.partition(), last.offset());
        Path file = temp.resolve("messages.jsonl");
        MainRun wrote = replay(List.of("--ids", ids, "--device", "file-1", "--out=" + file));
        assertTrue(wrote.out().startsWith("wrote 2 messages"), wrote.out());
        assertEquals(2, Files.readAllLines(file).size());

        MainRun sent = replay(List.of("--in=" + file, "--to-device=file-2", "--rate=100000"));
        assertTrue(sent.out().startsWith("replayed 2 messages"), sent.out());
        List<String> copies = tail("--device", "file-2", "--json");
        assertEquals(2, copies.size());
        String id = first.partition() + "-" + first.offset();
        assertTrue(copies.getFirst().contains("\"replay-of\":\"" + id + "\""), copies.toString());
        assertTrue(copies.getFirst().contains("\"my-own\":\"x\""), copies.toString());

        Files.writeString(file, "{\"device\":\"file-1\"}\n");
        MainRun broken = runAny(List.of("replay", "--in=" + file, "--dry-run"));
        assertEquals(1, broken.exitCode());
        assertTrue(broken.err().contains("line 1, is no message (id and device"), broken.err());
    }

    @Test
    void aReplayThatWasBrokenOffGoesOn() throws Exception {
        RecordMetadata first = send("broken-1", "one");
        RecordMetadata second = send("broken-1", "two");
        int partition = first.partition();
        Path state = temp.resolve("replay").resolve("half.json");
        new Progress(
                        List.of(
                                "--device=broken-1",
                                "--ids=%d-%d..%d-%d"
                                        .formatted(
                                                partition,
                                                first.offset(),
                                                partition,
                                                second.offset()),
                                "--to-device=broken-2"),
                        new Course(
                                Map.of(partition, first.offset()),
                                Map.of(partition, second.offset()),
                                Map.of(partition, second.offset() + 1)),
                        1,
                        3)
                .write(state);
        MainRun run = replay(List.of("--resume=half"));
        assertTrue(run.out().contains("sent before it was broken off 2 messages"), run.out());
        List<String> copies = tail("--device", "broken-2", "--json");
        assertEquals(1, copies.size(), copies.toString());
        String key =
                "\"idempotency-key\":\"replay-half-%d-%d\"".formatted(partition, second.offset());
        assertTrue(copies.getFirst().contains(key), copies.toString());
        MainRun done = runAny(List.of("replay", "--resume=half", "--state=" + state.getParent()));
        assertTrue(done.err().contains("is done: it sent 2 messages"), done.err());
        MainRun none = runAny(List.of("replay", "--resume=none", "--state=" + state.getParent()));
        assertTrue(none.err().contains("there is no replay of that name"), none.err());
    }

    @Test
    void whatCannotBeAskedForIsRefused() {
        for (List<String> wrong :
                List.of(
                        List.of("replay", "--device=a"),
                        List.of("replay", "--ids=3-1..4-2"),
                        List.of("replay", "--ids=nonsense"),
                        List.of("replay", "--ids=3-1", "--rate=0"),
                        List.of("replay", "--ids=3-1", "--outcome=lost"),
                        List.of("replay", "--in=x", "--ids=3-1"),
                        List.of("replay", "--resume=../x"))) {
            assertEquals(2, runAny(wrong).exitCode(), wrong.toString());
        }
    }

    private static MainRun replay(List<String> span, String... more) {
        List<String> arguments =
                new ArrayList<>(List.of("replay", "--state=" + temp.resolve("replay")));
        arguments.addAll(span);
        arguments.addAll(List.of(more));
        return run(arguments);
    }

    private static @org.jspecify.annotations.Nullable String copyOf(String body, String device) {
        return tail("--device", device, "--json").stream()
                .filter(line -> line.contains("replay-of") && line.contains(body))
                .findFirst()
                .orElse(null);
    }
}
