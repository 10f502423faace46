package io.lastmile.cli.replay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lastmile.cli.MainRun;
import io.lastmile.cli.dev.TestKafka;
import io.lastmile.node.kafka.KafkaSettings;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.Partitions;
import io.lastmile.wire.record.Topic;
import java.nio.charset.StandardCharsets;
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

    private static MainRun run(List<String> arguments) {
        List<String> all = new ArrayList<>(arguments);
        KafkaSettings settings = kafka.settings();
        all.add("--kafka.bootstrap=" + settings.bootstrap());
        MainRun run = MainRun.of(all);
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
        assertTrue(moved.out().contains(" of replay-1 to replay-2, "), moved.out());
        List<String> copies = tail("--device", "replay-2", "--json");
        assertTrue(copies.size() >= 2, copies.toString());
        String one = copies.get(copies.size() - 2);
        assertTrue(one.contains("\"payload\":\"one\""), one);
        assertTrue(one.contains("\"ttl\":\"60\",\"replay-of\":\""), one);
        assertTrue(!one.contains("idempotency-key"), one);
        assertTrue(copies.getLast().contains("\"payload\":\"two\""), copies.getLast());

        replay(span);
        MainRun again = replay(span);
        assertTrue(again.out().contains("skipped"), "copies are not repeated: " + again.out());
    }

    @Test
    void replayOfNothingSaysSo() {
        MainRun run = replay(List.of("--device", "nobody", "--from", "2020-01-01T00:00:00Z"));
        assertEquals("replayed nothing: nobody has no messages in that time", run.out().strip());
    }

    private static MainRun replay(List<String> span, String... more) {
        List<String> arguments = new ArrayList<>(List.of("replay"));
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
