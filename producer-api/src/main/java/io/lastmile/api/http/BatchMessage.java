package io.lastmile.api.http;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.lastmile.wire.Header;
import io.lastmile.wire.MessageHeader;
import io.lastmile.wire.Payload;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One message of a batch, as a JSON object says it: for one device, or for several. */
final class BatchMessage {
    /** What the object itself may take besides its payload, escaped or in base 64. */
    static final int OBJECT_BYTES_MAX = 64 << 10;

    private static final String JSON_TYPE = "application/json";

    private final Set<String> seen = new LinkedHashSet<>();
    private final List<Header> headers = new ArrayList<>();
    private final byte[] text;
    private final int from;
    private final int devicesMax;
    private final long nowMs;
    private boolean namesOne;
    private List<String> devices = List.of();
    private @Nullable Payload payload;

    private BatchMessage(byte[] text, int from, int devicesMax, long nowMs) {
        this.text = text;
        this.from = from;
        this.devicesMax = devicesMax;
        this.nowMs = nowMs;
    }

    /**
     * Reads the object.
     *
     * @throws RefusedException naming the field and what is allowed
     */
    static BatchMessage read(
            byte[] text, int from, int to, int payloadBytesMax, int devicesMax, long nowMs) {
        int begin = JsonText.begin(text, from, to);
        BatchMessage message = new BatchMessage(text, begin, devicesMax, nowMs);
        try (JsonParser parser = JsonText.parser(text, begin, to)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw JsonText.notJson("an object is expected");
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                message.field(parser);
            }
            if (parser.nextToken() != null) {
                throw JsonText.notJson("nothing may follow the object");
            }
        } catch (IOException e) {
            throw JsonText.refused(e, "this is no JSON object in UTF-8", text, from, to);
        }
        message.check(payloadBytesMax);
        return message;
    }

    /** Where the objects of an array begin and end: pairs of offsets. */
    static int[] elements(byte[] text) {
        int[] bounds = new int[16];
        int count = 0;
        int begin = JsonText.begin(text, 0, text.length);
        try (JsonParser parser = JsonText.parser(text, begin, text.length)) {
            if (parser.nextToken() != JsonToken.START_ARRAY) {
                throw JsonText.notJson("an array of objects is expected");
            }
            JsonToken token = parser.nextToken();
            while (token != JsonToken.END_ARRAY) {
                if (token != JsonToken.START_OBJECT) {
                    throw JsonText.notJson("an array of objects is expected");
                }
                if (count == bounds.length) {
                    bounds = Arrays.copyOf(bounds, count * 2);
                }
                bounds[count++] = begin + (int) parser.currentTokenLocation().getByteOffset();
                parser.skipChildren();
                bounds[count++] = begin + (int) parser.currentLocation().getByteOffset();
                token = parser.nextToken();
            }
            if (parser.nextToken() != null) {
                throw JsonText.notJson("nothing may follow the array");
            }
        } catch (IOException e) {
            throw JsonText.refused(e, "this is no JSON in UTF-8", text, 0, text.length);
        }
        return Arrays.copyOf(bounds, count);
    }

    /** When it was read, ms since the epoch. */
    long nowMs() {
        return nowMs;
    }

    /** Whom it names, in its order: also what is no device id, and one that it names twice. */
    List<String> devices() {
        return devices;
    }

    /** Whether {@code device} was said and not {@code devices}. */
    boolean namesOne() {
        return namesOne;
    }

    Payload payload() {
        return payload == null ? Payload.EMPTY : payload;
    }

    List<Header> headers() {
        return headers;
    }

    private void field(JsonParser parser) throws IOException {
        String name = parser.currentName();
        if (!seen.add(name)) {
            throw RefusedException.field("json", name, "at most once in a message");
        }
        JsonToken value = parser.nextToken();
        switch (name) {
            case "device" -> {
                namesOne = true;
                devices = List.of(JsonText.string(parser, name));
            }
            case "devices" -> devices = devices(parser);
            case "payload" -> payload = Payload.of(json(parser));
            case "payloadBase64" -> payload = base64(JsonText.string(parser, name));
            case "contentType" -> add(MessageHeader.CONTENT_TYPE, JsonText.string(parser, name));
            case "ttl" -> {
                if (value != JsonToken.VALUE_NUMBER_INT) {
                    throw MessageRequest.notATtl(name);
                }
                add(
                        MessageHeader.TTL,
                        Long.toString(MessageRequest.seconds(name, parser.getText())));
            }
            case "urgency" -> add(MessageHeader.URGENCY, JsonText.string(parser, name));
            case "collapseKey" -> add(MessageHeader.COLLAPSE_KEY, JsonText.string(parser, name));
            case "idempotencyKey" ->
                    add(MessageHeader.IDEMPOTENCY_KEY, JsonText.string(parser, name));
            case "notBefore" ->
                    add(
                            MessageHeader.NOT_BEFORE,
                            Long.toString(
                                    MessageRequest.notBeforeMs(
                                            name, JsonText.string(parser, name), nowMs)));
            case "attributes" -> attributes(parser);
            default ->
                    throw RefusedException.field(
                            "json",
                            name,
                            "unknown; a message has device or devices, payload or payloadBase64,"
                                    + " contentType, ttl, urgency, collapseKey, idempotencyKey,"
                                    + " notBefore, attributes");
        }
    }

    private void check(int payloadBytesMax) {
        if (seen.contains("device") == seen.contains("devices")) {
            throw RefusedException.field("device-id", "device", "either device or devices");
        }
        if (seen.contains("payload") && seen.contains("payloadBase64")) {
            throw RefusedException.field(
                    "json", "payload", "either payload or payloadBase64, or none of them");
        }
        if (seen.contains("payload") && !seen.contains("contentType")) {
            add(MessageHeader.CONTENT_TYPE, JSON_TYPE);
        }
        if (payload().length() > payloadBytesMax) {
            throw Body.tooLarge(payloadBytesMax);
        }
    }

    private List<String> devices(JsonParser parser) throws IOException {
        if (parser.currentToken() != JsonToken.START_ARRAY) {
            throw tooManyDevices();
        }
        List<String> each = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            each.add(JsonText.string(parser, "devices"));
            if (each.size() > devicesMax) {
                throw tooManyDevices();
            }
        }
        if (each.isEmpty()) {
            throw tooManyDevices();
        }
        return each;
    }

    private RefusedException tooManyDevices() {
        return RefusedException.field(
                "device-id",
                "devices",
                "an array of 1 to " + devicesMax + " device ids (api.batch.devices.max)");
    }

    /** The value as it stands: what the device gets is what the producer wrote. */
    private byte[] json(JsonParser parser) throws IOException {
        int begin = from + (int) parser.currentTokenLocation().getByteOffset();
        if (parser.currentToken().isStructStart()) {
            parser.skipChildren();
        } else {
            parser.finishToken();
        }
        int end = from + (int) parser.currentLocation().getByteOffset();
        return Arrays.copyOfRange(text, begin, end);
    }

    private static Payload base64(String text) {
        try {
            return Payload.of(Base64.getDecoder().decode(text));
        } catch (IllegalArgumentException e) {
            throw RefusedException.field("json", "payloadBase64", "base 64 (RFC 4648, section 4)");
        }
    }

    private void attributes(JsonParser parser) throws IOException {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            throw RefusedException.field("attribute", "attributes", "an object of strings");
        }
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            MessageRequest.checkAttributeName(name, "attributes");
            parser.nextToken();
            headers.add(new Header(name, JsonText.string(parser, "attributes")));
        }
    }

    private void add(MessageHeader header, String value) {
        headers.add(new Header(header.headerName(), value));
    }
}
