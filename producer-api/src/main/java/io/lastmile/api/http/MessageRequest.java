package io.lastmile.api.http;

import io.lastmile.node.HttpRequest;
import io.lastmile.node.Problem;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.Header;
import io.lastmile.wire.MalformedException;
import io.lastmile.wire.Message;
import io.lastmile.wire.MessageHeader;
import io.lastmile.wire.Payload;
import io.lastmile.wire.record.MessageRecord;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The headers of a request that posts a message, and the message they make. Names as in RFC 8030
 * where it has them.
 */
final class MessageRequest {
    /** 28 days: the longest ttl, and the farthest not-before. */
    static final long SECONDS_MAX = MessageRecord.TTL_SECONDS_MAX;

    private static final String ATTRIBUTE_PREFIX = "attribute-";
    private static final Pattern ATTRIBUTE_NAME = Pattern.compile("[a-z0-9._-]{1,64}");
    private static final Pattern TRACEPARENT =
            Pattern.compile("[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}(-[ -~]*)?");
    private static final String TTL = "TTL";
    private static final String URGENCY = "Urgency";
    private static final String TOPIC = "Topic";
    static final String IDEMPOTENCY_KEY = "Idempotency-Key";
    private static final String NOT_BEFORE = "Not-Before";
    private static final String TRACE = "traceparent";

    private MessageRequest() {}

    /**
     * The record headers that the request's headers ask for; to be read before the body is.
     *
     * @throws RefusedException naming the header and what is allowed
     */
    static List<Header> headers(HttpRequest request, long nowMs) {
        List<Header> headers = new ArrayList<>();
        one(request, TTL)
                .ifPresent(
                        ttl -> headers.add(new Header("ttl", Long.toString(seconds("TTL", ttl)))));
        one(request, URGENCY).ifPresent(text -> headers.add(named(MessageHeader.URGENCY, text)));
        one(request, TOPIC).ifPresent(text -> headers.add(named(MessageHeader.COLLAPSE_KEY, text)));
        one(request, IDEMPOTENCY_KEY)
                .ifPresent(text -> headers.add(named(MessageHeader.IDEMPOTENCY_KEY, text)));
        one(request, NOT_BEFORE)
                .ifPresent(text ->
                        headers.add(
                                named(
                                        MessageHeader.NOT_BEFORE,
                                        Long.toString(notBeforeMs("Not-Before", text, nowMs)))));
        one(request, "Content-Type")
                .ifPresent(text -> headers.add(named(MessageHeader.CONTENT_TYPE, text)));
        one(request, TRACE)
                .filter(text -> TRACEPARENT.matcher(text).matches()) // W3C: ignore what is none
                .ifPresent(text -> headers.add(named(MessageHeader.TRACEPARENT, text)));
        addAttributes(request, headers);
        // What the registry refuses should be refused before the body is read.
        Message message = message(new DeviceId("x"), Payload.EMPTY, headers);
        refuseOverBeforeDue(message, nowMs, TTL, NOT_BEFORE);
        return headers;
    }

    /** The message, its headers already looked at. */
    static Message message(DeviceId device, Payload payload, List<Header> headers) {
        try {
            return MessageRecord.decode(device, payload, headers);
        } catch (MalformedException e) {
            String field = httpName(e.field());
            throw new RefusedException(
                    new Problem(
                            400,
                            field.toLowerCase(Locale.ROOT),
                            "Value not allowed",
                            String.valueOf(e.getMessage()).replace(e.field(), field),
                            field));
        }
    }

    /** One device's message of a batch. */
    static Message ofBatch(DeviceId device, BatchMessage batch) {
        try {
            Message message = MessageRecord.decode(device, batch.payload(), batch.headers());
            refuseOverBeforeDue(message, batch.nowMs(), "ttl", "notBefore");
            return message;
        } catch (MalformedException e) {
            if (MessageHeader.ofName(e.field()).isEmpty() && !e.field().equals("attributes")) {
                throw RefusedException.field(
                        "attribute", "attributes", String.valueOf(e.getMessage()));
            }
            String field = jsonName(e.field());
            throw RefusedException.field(
                    httpName(e.field()).toLowerCase(Locale.ROOT),
                    field,
                    String.valueOf(e.getMessage()).replace(e.field() + ": ", ""));
        }
    }

    private static void addAttributes(HttpRequest request, List<Header> headers) {
        request.eachHeader((field, value) -> {
            String lower = field.toLowerCase(Locale.ROOT);
            if (lower.startsWith(ATTRIBUTE_PREFIX)) {
                String name = lower.substring(ATTRIBUTE_PREFIX.length());
                checkAttributeName(name, field);
                headers.add(new Header(name, printable(field, value)));
            }
        });
    }

    /** Refuses a name that an attribute cannot have. */
    static void checkAttributeName(String name, String field) {
        if (!ATTRIBUTE_NAME.matcher(name).matches() || MessageHeader.ofName(name).isPresent()) {
            throw RefusedException.field(
                    "attribute",
                    field,
                    "an attribute's name is 1 to 64 characters of a-z 0-9 . _ - and none of"
                            + " Lastmile's own");
        }
    }

    static Optional<String> one(HttpRequest request, String name) {
        if (!request.has(name)) {
            return Optional.empty();
        }
        List<String> values = request.headers(name);
        if (values.size() != 1) {
            throw RefusedException.field(
                    name.toLowerCase(Locale.ROOT), name, "at most once in a request");
        }
        return Optional.of(printable(name, values.getFirst()));
    }

    private static String printable(String name, String value) {
        if (value.chars().anyMatch(c -> c < 0x20 || c > 0x7e)) {
            String type = name.toLowerCase(Locale.ROOT);
            throw RefusedException.field(
                    type.startsWith(ATTRIBUTE_PREFIX) ? "attribute" : type,
                    name,
                    "printable ASCII characters only");
        }
        return value.strip();
    }

    static long seconds(String field, String text) {
        if (!text.isEmpty()
                && text.length() <= 10
                && text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            long seconds = Long.parseLong(text);
            if (seconds <= SECONDS_MAX) {
                return seconds;
            }
        }
        throw notATtl(field);
    }

    /** A message that ends before it may be delivered never is. */
    private static void refuseOverBeforeDue(
            Message message, long nowMs, String ttl, String notBefore) {
        if (message.ttlSeconds() != Message.ABSENT
                && message.notBeforeMs() != Message.ABSENT
                && nowMs + message.ttlSeconds() * 1_000 <= message.notBeforeMs()) {
            throw RefusedException.field(
                    "ttl",
                    ttl,
                    "ends before "
                            + notBefore
                            + ", for it counts from now: give more than "
                            + (message.notBeforeMs() - nowMs) / 1_000
                            + " seconds, or none");
        }
    }

    static RefusedException notATtl(String field) {
        return RefusedException.field(
                "ttl", field, "a whole number of seconds, 0 to " + SECONDS_MAX + " (28 days)");
    }

    static long notBeforeMs(String field, String text, long nowMs) {
        long ms;
        try {
            Instant instant =
                    text.isEmpty() || !Character.isDigit(text.charAt(0))
                            ? Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(text))
                            : OffsetDateTime.parse(text).toInstant();
            ms = instant.toEpochMilli();
        } catch (DateTimeException | ArithmeticException e) {
            ms = -1;
        }
        if (ms < 0 || ms > nowMs + SECONDS_MAX * 1_000) {
            throw RefusedException.field(
                    "not-before",
                    field,
                    "a time such as 2026-11-23T05:00:00Z (RFC 3339) or Mon, 23 Nov 2026 05:00:00"
                            + " GMT, at most 28 days ahead");
        }
        return ms;
    }

    private static Header named(MessageHeader header, String value) {
        return new Header(header.headerName(), value);
    }

    /** What a record header is called in a message of a batch. */
    private static String jsonName(String field) {
        return switch (field) {
            case "collapse-key" -> "collapseKey";
            case "idempotency-key" -> "idempotencyKey";
            case "not-before" -> "notBefore";
            case "content-type" -> "contentType";
            default -> field;
        };
    }

    /** What a record header is called in a request. */
    private static String httpName(String field) {
        return switch (field) {
            case "ttl" -> "TTL";
            case "collapse-key" -> "Topic";
            case "urgency" -> "Urgency";
            case "idempotency-key" -> "Idempotency-Key";
            case "not-before" -> "Not-Before";
            case "content-type" -> "Content-Type";
            case "attributes" -> "Attribute";
            default -> field;
        };
    }
}
