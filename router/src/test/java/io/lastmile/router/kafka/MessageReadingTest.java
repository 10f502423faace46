package io.lastmile.router.kafka;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lastmile.node.kafka.KafkaHeaders;
import io.lastmile.node.kafka.OwnerSeal;
import io.lastmile.node.kafka.TopicIds;
import io.lastmile.router.heart.Event;
import io.lastmile.wire.Header;
import io.lastmile.wire.MessageId;
import io.lastmile.wire.record.Topic;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What of a record is believed. */
final class MessageReadingTest {
    private static final int PARTITIONS = 1;
    private static final OwnerSeal SEAL = seal(1);
    private static final List<Header> OWNERS =
            List.of(new Header("origin", "0-3"), new Header("accepted-at", "1700000000000"));

    private static OwnerSeal seal(long inbox) {
        return new OwnerSeal(new TopicIds(PARTITIONS, Map.of(Topic.INBOX, new Uuid(inbox, inbox))));
    }

    private static ConsumerRecord<byte[], byte[]> record(
            String device, byte @Nullable [] value, Headers headers) {
        return new ConsumerRecord<>(
                "lastmile.messages",
                0,
                9,
                5,
                TimestampType.LOG_APPEND_TIME,
                0,
                0,
                bytes(device),
                value,
                headers,
                Optional.empty());
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static Headers headers(List<Header> headers) {
        Headers all = new RecordHeaders();
        KafkaHeaders.addAll(all, headers);
        return all;
    }

    /** As an owner appends it. */
    private static Headers sealed(OwnerSeal seal, int partition, String device, String payload) {
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>("any", partition, bytes(device), bytes(payload));
        KafkaHeaders.addAll(record.headers(), OWNERS);
        seal.put(record);
        return record.headers();
    }

    private static Event read(String payload, Headers headers) {
        return MessageReading.read(record("phone", bytes(payload), headers), PARTITIONS, SEAL);
    }

    private static void isRefused(Event event) {
        Event.UnreadableRead refused = assertInstanceOf(Event.UnreadableRead.class, event);
        assertTrue(refused.reason().contains("headers of owners"), refused.reason());
    }

    @Test
    void anOwnersOwnRecordIsBelieved() {
        Event event = read("x", sealed(SEAL, 0, "phone", "x"));
        Event.MessageRead read = assertInstanceOf(Event.MessageRead.class, event);
        assertEquals(new MessageId(0, 3), read.message().origin());
        assertEquals(1_700_000_000_000L, read.message().acceptedAtMs());
        assertEquals(List.of(), read.message().attributes(), "nothing of it goes to the device");
    }

    @ParameterizedTest
    @ValueSource(strings = {"origin", "accepted-at", "owner-seal"})
    void aProducersOwnIsRefused(String name) {
        isRefused(read("x", headers(List.of(new Header(name, "0")))));
    }

    @Test
    void aSealHoldsForOneRecordOfOneClusterOnly() {
        isRefused(read("y", sealed(SEAL, 0, "phone", "x")));
        isRefused(read("x", sealed(SEAL, 1, "phone", "x")));
        isRefused(read("x", sealed(SEAL, 0, "tablet", "x")));
        isRefused(read("x", sealed(seal(2), 0, "phone", "x")));
        Headers more = sealed(SEAL, 0, "phone", "x");
        KafkaHeaders.add(more, "ttl", "5");
        isRefused(read("x", more));
        Headers later = sealed(SEAL, 0, "phone", "x");
        KafkaHeaders.add(later, "origin", "0-4");
        isRefused(read("x", later));
    }

    @Test
    void whatTakesAMessageBackNeedsNoValue() {
        Headers cancel = headers(List.of(new Header("cancel", "0-3")));
        Event event = MessageReading.read(record("phone", null, cancel), PARTITIONS, SEAL);
        Event.MessageRead read = assertInstanceOf(Event.MessageRead.class, event);
        assertEquals(new MessageId(0, 3), read.message().cancel());
    }

    @Test
    void aMessageNeedsOne() {
        Event event =
                MessageReading.read(record("phone", null, new RecordHeaders()), PARTITIONS, SEAL);
        assertInstanceOf(Event.UnreadableRead.class, event);
    }
}
