package io.lastmile.cli.output;

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

/**
 * Named values in the order in which they were put; what is absent is left out. Not safe for use by
 * several threads.
 */
public final class Fields {
    private static final DateTimeFormatter ISO_MS =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

    private final Map<String, Object> values = new LinkedHashMap<>();

    /** The value under that name; nothing where it is null. */
    public Fields put(String name, @Nullable Object value) {
        if (value != null) {
            values.put(name, value);
        }
        return this;
    }

    /** A time as ISO 8601 with milliseconds, in UTC. */
    public Fields time(String name, long ms) {
        return ms < 0 ? this : put(name, iso(ms));
    }

    /** ISO 8601 with milliseconds, in UTC. */
    public static String iso(long ms) {
        return ISO_MS.format(Instant.ofEpochMilli(ms));
    }

    /** An id in its text form. */
    public Fields id(String name, @Nullable MessageId id) {
        return id == null ? this : put(name, id.toString());
    }

    /** A number that came as text; what is none is shown as it came. */
    public Fields number(String name, @Nullable String text) {
        if (text != null && text.matches("-?[0-9]{1,18}")) {
            return put(name, Long.parseLong(text));
        }
        return put(name, text);
    }

    /** The record key as a device, or as bytes where it names none. */
    public Fields device(byte @Nullable [] key) {
        String text = key == null ? null : textOrNull(key);
        if (text != null && DeviceId.isValid(text)) {
            return put("device", text);
        }
        return bytes("key", key);
    }

    /** The body: as text where it is UTF-8, else in base64 under another name. */
    public Fields payload(byte @Nullable [] value) {
        return bytes("payload", value == null ? new byte[0] : value);
    }

    public Fields bytes(String name, byte @Nullable [] bytes) {
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
    public Fields headers(String name, ConsumerRecord<byte[], byte[]> record) {
        Fields headers = new Fields();
        for (Header header : record.headers()) {
            headers.bytes(header.key(), header.value());
        }
        return headers.values.isEmpty() ? this : put(name, headers.map());
    }

    /** What was put, unmodifiable. */
    public Map<String, Object> map() {
        return Collections.unmodifiableMap(values);
    }

    /** The last header of that name as text, or null. */
    public static @Nullable String header(ConsumerRecord<byte[], byte[]> record, String name) {
        Header header = record.headers().lastHeader(name);
        return header == null || header.value() == null
                ? null
                : new String(header.value(), StandardCharsets.UTF_8);
    }

    /** The text of UTF-8 bytes, or null where they are none. */
    public static @Nullable String textOrNull(byte[] bytes) {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }
}
