package io.lastmile.cli.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lastmile.cli.MainRun;
import io.lastmile.cli.dev.TestKafka;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.Incarnation;
import io.lastmile.wire.MessageId;
import io.lastmile.wire.Outcome;
import io.lastmile.wire.Partitions;
import io.lastmile.wire.SessionId;
import io.lastmile.wire.Transport;
import io.lastmile.wire.record.EventRecord;
import io.lastmile.wire.record.Proof;
import io.lastmile.wire.record.ReceiptRecord;
import io.lastmile.wire.record.RevocationKey;
import io.lastmile.wire.record.RevocationRecord;
import io.lastmile.wire.record.Topic;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Traces from the topics of a real Kafka, with the records that routers and edges write. */
class TraceCommandTest {
    private static final DeviceId PHONE = new DeviceId("phone-7");
    private static final SessionId SESSION = new SessionId(new Incarnation("edge-1", 5), 9);

    @TempDir private static Path temp;
    private static TestKafka kafka;
    private static KafkaProducer<byte[], byte[]> producer;
    private static RecordMetadata accepted;

    @BeforeAll
    static void start() throws Exception {
        kafka = new TestKafka(temp.resolve("kafka"));
        producer =
                new KafkaProducer<>(
                        kafka.settings().producer(Map.of()),
                        new ByteArraySerializer(),
                        new ByteArraySerializer());
        long nowMs = System.currentTimeMillis();
        send(
                Topic.EVENTS,
                new EventRecord.Opened(SESSION, -1, Transport.TCP, 5, 1, 16, true, nowMs - 5_000)
                        .encode());
        accepted = send(Topic.MESSAGES, "hello".getBytes(StandardCharsets.UTF_8));
        send(Topic.MESSAGES, "another".getBytes(StandardCharsets.UTF_8));
        long sentAtMs = accepted.timestamp() + 30;
        send(
                Topic.EVENTS,
                new EventRecord.Acked(
                                SESSION,
                                List.of(
                                        new EventRecord.Ack(
                                                accepted.offset(),
                                                sentAtMs,
                                                sentAtMs + 100,
                                                Proof.PUBACK,
                                                0)))
                        .encode());
        send(
                Topic.RECEIPTS,
                new ReceiptRecord(
                                id(),
                                accepted.offset(),
                                Outcome.DELIVERED,
                                SESSION,
                                accepted.timestamp(),
                                accepted.timestamp() + 5,
                                sentAtMs,
                                sentAtMs + 100,
                                sentAtMs + 110,
                                1,
                                Proof.PUBACK,
                                0,
                                "",
                                null,
                                null)
                        .encode());
    }

    @AfterAll
    static void stop() {
        producer.close();
        kafka.close();
    }

    private static RecordMetadata send(Topic topic, byte[] value) throws Exception {
        return producer.send(
                        new ProducerRecord<>(
                                kafka.settings().topic(topic),
                                Partitions.of(PHONE, TestKafka.PARTITIONS),
                                PHONE.bytes(),
                                value))
                .get();
    }

    private static MessageId id() {
        return new MessageId(accepted.partition(), accepted.offset());
    }

    private static MainRun trace(String... more) {
        List<String> all = new ArrayList<>(List.of("trace"));
        all.addAll(List.of(more));
        all.add("--kafka.bootstrap=" + kafka.settings().bootstrap());
        return MainRun.of(all);
    }

    /** Lag shows nothing there, and nobody is told of it otherwise. */
    @Test
    void aMessageBehindAnOpenTransactionIsToldOf() throws Exception {
        DeviceId other = new DeviceId("tablet-1");
        String topic = kafka.settings().topic(Topic.MESSAGES);
        int partition = Partitions.of(other, TestKafka.PARTITIONS);
        try (var open =
                new KafkaProducer<>(
                        kafka.settings()
                                .producer(Map.of(ProducerConfig.TRANSACTIONAL_ID_CONFIG, "open")),
                        new ByteArraySerializer(),
                        new ByteArraySerializer())) {
            open.initTransactions();
            open.beginTransaction();
            byte[] any = {1};
            open.send(new ProducerRecord<>(topic, partition, other.bytes(), any)).get();
            RecordMetadata behind =
                    producer.send(new ProducerRecord<>(topic, partition, other.bytes(), any)).get();
            MainRun run = trace(new MessageId(partition, behind.offset()).toString());
            assertEquals(0, run.exitCode(), run.err());
            assertTrue(run.out().contains("transaction"), run.out());
            open.abortTransaction();
        }
    }

    @Test
    void aMessageIsToldStepByStep() {
        MainRun run = trace(id().toString());
        assertEquals(0, run.exitCode(), run.err());
        assertTrue(run.out().startsWith("message " + id() + " to phone-7"), run.out());
        List<String> steps =
                run.out()
                        .lines()
                        .filter(line -> line.startsWith("20"))
                        .map(line -> line.substring(41, 55).strip())
                        .toList();
        assertEquals(
                List.of("opened", "accepted", "routed", "sent", "acknowledged", "delivered"),
                steps,
                run.out());
        assertTrue(run.out().contains("phone-7 has it: it acknowledged it 130 ms"), run.out());
        assertTrue(run.out().contains("edge-1/5/9  PUBACK"), run.out());
    }

    @ParameterizedTest
    @EnumSource
    void everyOutcomeIsAnsweredInWords(Outcome outcome) throws Exception {
        RecordMetadata message = send(Topic.MESSAGES, "at ten".getBytes(StandardCharsets.UTF_8));
        MessageId id = new MessageId(message.partition(), message.offset());
        boolean isDelivered = outcome == Outcome.DELIVERED;
        long atMs = message.timestamp();
        String detail =
                switch (outcome) {
                    case DELIVERED, CANCELLED -> "";
                    case EXPIRED -> "time to live ended";
                    case REPLACED -> "by 3-50";
                    case OVERFLOWED -> "inbox of 100";
                    case REJECTED -> "duplicate of 3-7";
                };
        send(
                Topic.RECEIPTS,
                new ReceiptRecord(
                                id,
                                id.offset(),
                                outcome,
                                isDelivered ? SESSION : null,
                                atMs,
                                atMs + 5,
                                isDelivered ? atMs + 10 : ReceiptRecord.NEVER,
                                isDelivered ? atMs + 20 : ReceiptRecord.NEVER,
                                atMs + 2_000,
                                isDelivered ? 1 : 0,
                                isDelivered ? Proof.PUBACK : Proof.NONE,
                                0,
                                detail,
                                null,
                                null)
                        .encode());
        String answer =
                switch (outcome) {
                    case DELIVERED -> "phone-7 has it: it acknowledged it 20 ms after";
                    case EXPIRED ->
                            "phone-7 did not get it: it expired 2.0 s after it was accepted (time to live ended). The device was connected since";
                    case REPLACED ->
                            "phone-7 did not get it: a later message with the same collapse key took its place (by 3-50). The device was connected since";
                    case OVERFLOWED ->
                            "phone-7 did not get it: its inbox was full, and the oldest message gave way (inbox of 100). The device was connected since";
                    case CANCELLED ->
                            "phone-7 did not get it: it was cancelled 2.0 s after it was accepted. The device was connected since";
                    case REJECTED -> "phone-7 did not get it: it was rejected (duplicate of 3-7).";
                };
        MainRun run = trace(id.toString());
        assertEquals(0, run.exitCode(), run.err());
        assertTrue(run.out().contains(answer), run.out());
        assertTrue(trace("--device", "phone-7").out().contains(outcome.label()));
    }

    @Test
    void jsonHasTheSameSteps() {
        MainRun run = trace(id().toString(), "--json");
        assertEquals(1, run.out().lines().count(), run.out());
        assertTrue(run.out().contains("\"outcome\":\"delivered\""), run.out());
        assertTrue(
                run.out()
                        .contains(
                                "\"step\":\"acknowledged\",\"message\":\"%s\",\"edge\":\"edge-1\",\"incarnation\":\"5\",\"session\":9"
                                        .formatted(id())),
                run.out());
    }

    @Test
    void aDeviceIsOneTimeline() {
        MainRun run = trace("--device", "phone-7");
        assertEquals(0, run.exitCode(), run.err());
        String second = new MessageId(accepted.partition(), accepted.offset() + 1).toString();
        for (String part : List.of("opened", "5 bytes", "7 bytes", second, "delivered")) {
            assertTrue(run.out().contains(part), part + " in " + run.out());
        }
        assertTrue(trace("--device", "phone-8").out().startsWith("nothing happened to phone-8"));
    }

    @Test
    void aDeviceThatIsLockedOutIsSaidToBe() throws Exception {
        DeviceId stolen = new DeviceId("stolen-1");
        RecordMetadata message =
                producer.send(
                                new ProducerRecord<>(
                                        kafka.settings().topic(Topic.MESSAGES),
                                        Partitions.of(stolen, TestKafka.PARTITIONS),
                                        stolen.bytes(),
                                        new byte[] {'x'}))
                        .get();
        String id = message.partition() + "-" + message.offset();
        assertTrue(trace(id).out().contains("the device is offline"), trace(id).out());
        byte[] key = new RevocationKey(stolen, false).encode();
        byte[] value =
                new RevocationRecord(message.timestamp() + 1, "support", "lost in a taxi").encode();
        String revocations = kafka.settings().topic(Topic.REVOCATIONS);
        producer.send(new ProducerRecord<>(revocations, 0, key, value)).get();
        String told = trace(id).out();
        assertTrue(told.contains("locked out since 20"), told);
        assertTrue(told.contains("(by support: lost in a taxi) and may not connect"), told);
        assertTrue(told.contains("1 byte,") || told.contains("1 byte\n"), told);
        String device = trace("--device", "stolen-1").out();
        assertTrue(device.contains("locked out"), device);
        assertTrue(trace("--device", "stolen-1", "--json").out().contains("\"locked out\""));

        producer.send(new ProducerRecord<>(revocations, 0, key, null)).get();
        assertTrue(trace(id).out().contains("the device is offline"), trace(id).out());
    }

    @Test
    void aPartitionWithoutMessagesHasNoNewest() {
        int empty = (accepted.partition() + 1) % TestKafka.PARTITIONS;
        if (empty == Partitions.of(new DeviceId("stolen-1"), TestKafka.PARTITIONS)) {
            empty = (empty + 1) % TestKafka.PARTITIONS;
        }
        String said = trace(empty + "-5").err();
        assertTrue(said.contains("its partition has never had any"), said);
        assertFalse(said.contains("--"), said);
    }

    @Test
    void whatIsNotThereIsSaid() {
        String next = accepted.partition() + "-" + (accepted.offset() + 1000);
        assertEquals(1, trace(next).exitCode());
        assertTrue(trace(next).err().contains("there is no message " + next), trace(next).err());
        assertTrue(trace("99-1").err().contains("have 4 partitions"), trace("99-1").err());
        assertEquals(2, trace("hello").exitCode());
        assertEquals(2, trace().exitCode());
        assertEquals(2, trace("0-1", "--device", "phone-7").exitCode());
    }
}
