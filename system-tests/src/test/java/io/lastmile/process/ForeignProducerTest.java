package io.lastmile.process;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lastmile.bench.load.Fleet;
import io.lastmile.bench.load.Ledger;
import io.lastmile.bench.load.ReceiptsReader;
import io.lastmile.bench.load.WholeTopic;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.MessageId;
import io.lastmile.wire.Outcome;
import io.lastmile.wire.Partitions;
import io.lastmile.wire.record.RejectHeader;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Producers of others write whatever Kafka takes: each bad record comes to an end that says why,
 * and the good ones around it notice nothing.
 */
@Timeout(value = 180, unit = TimeUnit.SECONDS)
class ForeignProducerTest {
    private static final String TOPIC = SharedLastmile.prefix() + "messages";
    private static final int PARTITIONS = 4;
    private static final int DEVICES = 40;
    private static final int ROUNDS = 10;
    private static final int PAYLOAD_BYTES_MAX = 256 << 10;

    private final Ledger ledger = new Ledger();
    private final Map<MessageId, String> details = new ConcurrentHashMap<>();
    private final List<DeviceId> good = devices("good", DEVICES);
    private final List<DeviceId> astray = devices("astray", PARTITIONS);
    private final DeviceId bad = new DeviceId("bad-0");

    /** What has been sent: the reason that its end has to name by its place, where it is bad. */
    private final Map<MessageId, String> reasons = new HashMap<>();

    private final List<MessageId> keyless = new ArrayList<>();

    @Test
    void whatIsBadEndsWithAReasonAndWhatIsGoodIsDelivered() throws Exception {
        List<DeviceId> all = new ArrayList<>(good);
        all.addAll(astray);
        all.add(bad);
        InetSocketAddress edge = SharedLastmile.devices();
        try (Fleet fleet =
                        new Fleet(
                                all,
                                List.of(edge),
                                arrival -> ledger.received(arrival.received()));
                ReceiptsReader _ =
                        new ReceiptsReader(
                                Processes.sharedKafka(),
                                SharedLastmile.prefix() + "receipts",
                                (device, receipt) -> {
                                    ledger.settled(receipt.id(), receipt.outcome());
                                    details.put(receipt.id(), receipt.detail());
                                });
                KafkaProducer<byte[], byte[]> producer = producer()) {
            await().atMost(Duration.ofSeconds(30)).until(() -> fleet.subscribed() == all.size());
            for (int round = 0; round < ROUNDS; round++) {
                roundOfGood(producer, round);
                if (round % 4 == 1) {
                    oneOfEachBad(producer);
                }
            }
            await().atMost(Duration.ofSeconds(60))
                    .untilAsserted(() -> {
                        assertEquals(List.of(), ledger.missing(), "missing");
                        assertEquals(List.of(), ledger.notSettledOnce(), "not settled once");
                        reasons.keySet()
                                .forEach(id ->
                                        assertEquals(
                                                List.of(Outcome.REJECTED), ledger.outcomes(id)));
                    });
        }
        assertEquals(List.of(), ledger.duplicates(), "given twice");
        assertEquals(List.of(), ledger.misplaced(), "out of order");
        reasons.forEach((id, reason) ->
                assertTrue(
                        details.getOrDefault(id, "").contains(reason),
                        reason + " expected in " + details.get(id)));
        assertEquals(List.of(), ledger.received(bad), "what is bad goes to nobody");
        Map<MessageId, Integer> rejects = rejects();
        for (MessageId id : keyless) {
            assertEquals(List.of(), ledger.outcomes(id), "nobody to write a receipt for");
            assertEquals(1, rejects.get(id), "in rejects");
        }
    }

    /** How often each record stands in rejects. */
    private static Map<MessageId, Integer> rejects() {
        Map<MessageId, Integer> count = new HashMap<>();
        for (ConsumerRecord<byte[], byte[]> reject :
                WholeTopic.read(Processes.sharedKafka(), SharedLastmile.prefix() + "rejects")) {
            String partition = header(reject, RejectHeader.PARTITION);
            String offset = header(reject, RejectHeader.OFFSET);
            count.merge(MessageId.parse(partition + "-" + offset), 1, Integer::sum);
        }
        return count;
    }

    private static String header(ConsumerRecord<byte[], byte[]> record, RejectHeader header) {
        return new String(
                record.headers().lastHeader(header.headerName()).value(), StandardCharsets.UTF_8);
    }

    private void roundOfGood(KafkaProducer<byte[], byte[]> producer, int round) throws Exception {
        Map<DeviceId, Future<RecordMetadata>> sent = new HashMap<>();
        for (DeviceId device : good) {
            byte[] payload = round == 2 ? new byte[PAYLOAD_BYTES_MAX] : text("round " + round);
            var record = record(null, device.bytes(), payload);
            record.headers().add("their-own", new byte[] {(byte) 0xff}).add("", text("unnamed"));
            record.headers().add("ttl", null); // a header without a value is none
            sent.put(device, producer.send(record));
        }
        for (DeviceId device : astray) {
            int wrong = (Partitions.of(device, PARTITIONS) + 1) % PARTITIONS;
            var record = record(wrong, device.bytes(), text("another partitioner " + round));
            sent.put(device, producer.send(record));
        }
        for (Map.Entry<DeviceId, Future<RecordMetadata>> one : sent.entrySet()) {
            ledger.accepted(place(one.getValue()), one.getKey());
        }
    }

    private void oneOfEachBad(KafkaProducer<byte[], byte[]> producer) throws Exception {
        byte[] key = bad.bytes();
        int wrong = (Partitions.of(bad, PARTITIONS) + 1) % PARTITIONS;
        bad(producer, record(null, key, null), "no value");
        bad(producer, record(null, key, new byte[PAYLOAD_BYTES_MAX + 1]), "262145 bytes");
        // Compressed it passes the topic's limit; beside its key or not, the router sees all of it.
        bad(producer, record(null, key, new byte[8 << 20]), "8388608 bytes");
        bad(producer, record(wrong, key, new byte[8 << 20]), "8388608 bytes");
        bad(producer, with("ttl", "soon", record(null, key, text("x"))), "ttl");
        bad(producer, with("ttl", "soon", record(null, key, new byte[8 << 20])), "ttl");
        bad(producer, with("cancel", "yes", record(wrong, key, text("x"))), "cancel");
        bad(producer, with("note", "n".repeat(9_000), record(null, key, text("x"))), "8192");
        for (byte[] unreadable : new byte[][] {text("a b"), text("é"), new byte[200], {}}) {
            keyless.add(place(producer.send(record(null, unreadable, text("x")))));
        }
        keyless.add(place(producer.send(record(1, null, new byte[8 << 20]))));
    }

    private void bad(
            KafkaProducer<byte[], byte[]> producer,
            ProducerRecord<byte[], byte[]> record,
            String reason)
            throws Exception {
        reasons.put(place(producer.send(record)), reason);
    }

    private static ProducerRecord<byte[], byte[]> record(
            @Nullable Integer partition, byte @Nullable [] key, byte @Nullable [] value) {
        return new ProducerRecord<>(TOPIC, partition, key, value);
    }

    private static ProducerRecord<byte[], byte[]> with(
            String header, String value, ProducerRecord<byte[], byte[]> record) {
        record.headers().add(header, text(value));
        return record;
    }

    private static MessageId place(Future<RecordMetadata> sent) throws Exception {
        RecordMetadata place = sent.get(30, TimeUnit.SECONDS);
        return new MessageId(place.partition(), place.offset());
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static List<DeviceId> devices(String name, int count) {
        return IntStream.range(0, count).mapToObj(i -> new DeviceId(name + "-" + i)).toList();
    }

    private static KafkaProducer<byte[], byte[]> producer() {
        return new KafkaProducer<>(
                Map.of(
                        ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        Processes.sharedKafka(),
                        ProducerConfig.COMPRESSION_TYPE_CONFIG,
                        "lz4",
                        ProducerConfig.MAX_REQUEST_SIZE_CONFIG,
                        32 << 20),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }
}
