package io.lastmile.router.kafka;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;

/** What of a rejected record is written again. */
final class RejectedRecordTest {
    private static final byte[] KEY = {1, 2};

    @Test
    void aRecordIsCopiedAsItCame() {
        ConsumerRecord<byte[], byte[]> source = record(new byte[1000]);
        source.headers().add("h", null).add("ttl", new byte[] {'x'});
        ProducerRecord<byte[], byte[]> copy = new RejectedRecord(source).copyFor("rejects");
        assertArrayEquals(source.key(), copy.key());
        assertArrayEquals(source.value(), copy.value());
        assertEquals(source.headers(), copy.headers());
    }

    @Test
    void aRecordThatIsTooLongToBeWrittenAgainLeavesOnlyItsPlace() {
        assertEmpty(record(new byte[1 << 20]));
        ConsumerRecord<byte[], byte[]> longHeaders = record(new byte[0]);
        longHeaders.headers().add("h", new byte[1 << 20]);
        assertEmpty(longHeaders);
    }

    private static void assertEmpty(ConsumerRecord<byte[], byte[]> source) {
        ProducerRecord<byte[], byte[]> copy = new RejectedRecord(source).copyFor("rejects");
        assertNull(copy.key());
        assertNull(copy.value());
        assertEquals(0, copy.headers().toArray().length);
    }

    private static ConsumerRecord<byte[], byte[]> record(byte[] value) {
        return new ConsumerRecord<>("messages", 0, 0, KEY, value);
    }
}
