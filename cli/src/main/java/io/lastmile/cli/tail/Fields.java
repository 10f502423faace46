package io.lastmile.cli.tail;

import io.lastmile.wire.DeviceId;
import io.lastmile.wire.MessageId;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/** Named values in the order in which they were put; what is absent is left out. */
final class Fields {
    private static final DateTimeFormatter ISO_MS =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

    private final Map<String, Object> values = new LinkedHashMap<>();

    Fields put(String name, @Nullable Object value) {
        if (value != null) {
            values.put(name, value);
        }
        return this;
    }

    /** A time as ISO 8601 with milliseconds, in UTC. */
    Fields time(String name, long ms) {
        return ms < 0 ? this : put(name, ISO_MS.format(Instant.ofEpochMilli(ms)));
    }

    Fields id(String name, @Nullable MessageId id) {
        return id == null ? this : put(name, id.toString());
    }

    /** A number that came as text; what is none is shown as it came. */
    Fields number(String name, @Nullable String text) {
        if (text != null && text.matches("-?[0-9]{1,18}")) {
            return put(name, Long.parseLong(text));
        }
        return put(name, text);
    }

    /** The record key as a device, or as bytes where it names none. */
    Fields device(byte @Nullable [] key) {
        String text = key == null ? null : textOrNull(key);
        if (text != null && DeviceId.isValid(text)) {
            return put("device", text);
        }
        return bytes("key", key);
    }

    /** The body: as text where it is UTF-8, else in base64 under another name. */
    Fields payload(byte @Nullable [] value) {
        return bytes("payload", value == null ? new byte[0] : value);
    }

    Fields bytes(String name, byte @Nullable [] bytes) {
        if (bytes == null) {
            return this;
        }
        String text = textOrNull(bytes);
        return text != null
                ? put(name, text)
                : put(name + "Base64", Base64.getEncoder().encodeToString(bytes));
    }

    /**
     * All headers of a record; of those that stand twice the last, which is the one that counts.
     */
    Fields headers(String name, ConsumerRecord<byte[], byte[]> record) {
        Fields headers = new Fields();
        for (Header header : record.headers()) {
            headers.bytes(header.key(), header.value());
        }
        return headers.values.isEmpty() ? this : put(name, headers.map());
    }

    Map<String, Object> map() {
        return Collections.unmodifiableMap(values);
    }

    static @Nullable String header(ConsumerRecord<byte[], byte[]> record, String name) {
        Header header = record.headers().lastHeader(name);
        return header == null || header.value() == null
                ? null
                : new String(header.value(), StandardCharsets.UTF_8);
    }

    static @Nullable String textOrNull(byte[] bytes) {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }
}
