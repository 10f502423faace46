package io.lastmile.router.kafka;

import io.lastmile.node.kafka.KafkaHeaders;
import io.lastmile.node.kafka.OwnerSeal;
import io.lastmile.router.heart.Event;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.MalformedException;
import io.lastmile.wire.Message;
import io.lastmile.wire.MessageHeader;
import io.lastmile.wire.Partitions;
import io.lastmile.wire.Payload;
import io.lastmile.wire.record.MarkRecord;
import io.lastmile.wire.record.MessageRecord;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** Turns a record of messages into what the heart is told: readable, unreadable, or misplaced. */
final class MessageReading {
    private static final String FORGED =
            "origin, accepted-at, mark and owner-seal are headers of owners: no producer may write"
                    + " them";

    private MessageReading() {}

    static Event read(ConsumerRecord<byte[], byte[]> record, int partitions, OwnerSeal seal) {
        if (record.headers().lastHeader(MessageHeader.MARK.headerName()) != null) {
            return mark(record, seal);
        }
        DeviceId device = device(record.key());
        if (device == null) {
            return unreadable(record, null, "the key is no device id: " + DeviceId.RULE);
        }
        if (seal.isMissingOn(record)) {
            return unreadable(record, device, FORGED);
        }
        Message message;
        try {
            message = message(record, device);
        } catch (MalformedException e) {
            return unreadable(record, device, String.valueOf(e.getMessage()));
        }
        if (record.value() == null && message.control() == null) {
            return unreadable(
                    record, device, "no value: a message cannot be deleted by a tombstone");
        }
        int partition = Partitions.of(record.key(), partitions);
        if (partition != record.partition()) {
            return new Event.MisplacedRead(record.offset(), record.timestamp(), partition, message);
        }
        return new Event.MessageRead(record.offset(), record.timestamp(), message);
    }

    /** One that is forged has no device, and so no receipt. */
    private static Event mark(ConsumerRecord<byte[], byte[]> record, OwnerSeal seal) {
        if (seal.isMissingOn(record) || record.value() == null) {
            return unreadable(record, null, FORGED);
        }
        try {
            return new Event.MarkRead(record.offset(), MarkRecord.decode(record.value()));
        } catch (MalformedException e) {
            return unreadable(record, null, String.valueOf(e.getMessage()));
        }
    }

    /**
     * The message of a record whose key is that device.
     *
     * @throws MalformedException where its headers break a rule
     */
    static Message message(ConsumerRecord<byte[], byte[]> record, DeviceId device) {
        byte @Nullable [] value = record.value();
        return MessageRecord.decode(
                device,
                value == null ? Payload.EMPTY : Payload.of(value),
                KafkaHeaders.read(record.headers()));
    }

    static @Nullable DeviceId device(byte @Nullable [] key) {
        if (key == null || key.length > DeviceId.LENGTH_MAX) {
            return null;
        }
        String text = new String(key, StandardCharsets.ISO_8859_1);
        return DeviceId.isValid(text) ? new DeviceId(text) : null;
    }

    static Event unreadable(
            ConsumerRecord<byte[], byte[]> record, @Nullable DeviceId device, String reason) {
        return new Event.UnreadableRead(
                record.offset(), record.timestamp(), device, reason, new RejectedRecord(record));
    }
}
