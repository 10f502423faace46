package io.lastmile.router.kafka;

import io.lastmile.router.heart.Rejected;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** A record of messages that could not be understood, as it came from Kafka. */
record RejectedRecord(ConsumerRecord<byte[], byte[]> record) implements Rejected {}
