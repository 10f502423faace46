package io.lastmile.router.kafka;

import io.lastmile.router.heart.Rejected;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/** A record that could not be understood, as it came from Kafka. */
record RejectedRecord(ConsumerRecord<byte[], byte[]> record) implements Rejected {
    /** With the headers that say why and where it still fits into the topic. */
    private static final long BYTES_MAX = 1L << 20;

    private static final int CHARACTER_BYTES_MAX = 3;
    private static final int HEADER_LENGTHS_BYTES = 10;

    /**
     * Its copy for another topic. What is too long to be written again stays empty: a limit of
     * Kafka's counts compressed bytes where it was read and plain ones where it is written, and a
     * record that cannot be written would stop its partition for ever.
     */
    ProducerRecord<byte[], byte[]> copyFor(String topic) {
        if (bytes() > BYTES_MAX) {
            return new ProducerRecord<>(topic, null, null);
        }
        ProducerRecord<byte[], byte[]> copy =
                new ProducerRecord<>(topic, null, record.key(), record.value());
        record.headers().forEach(copy.headers()::add);
        return copy;
    }

    private long bytes() {
        long bytes = length(record.key()) + length(record.value());
        for (Header header : record.headers()) {
            bytes += (long) header.key().length() * CHARACTER_BYTES_MAX;
            bytes += length(header.value()) + HEADER_LENGTHS_BYTES;
        }
        return bytes;
    }

    private static long length(byte @Nullable [] part) {
        return part == null ? 0 : part.length;
    }
}
