package io.lastmile.api.spans;

import com.fasterxml.jackson.core.JsonGenerator;
import io.lastmile.node.Json;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** Spans as the body of a request in OTLP/HTTP with JSON. */
final class OtlpJson {
    private static final int KIND_CONSUMER = 5;
    private static final int STATUS_ERROR = 2;
    private static final String NANOS_OF_A_MS = "000000";

    private OtlpJson() {}

    static String request(String node, List<Span> spans) {
        return Json.object(json -> {
            json.writeArrayFieldStart("resourceSpans");
            json.writeStartObject();
            json.writeObjectFieldStart("resource");
            attributes(json, Map.of("service.name", "lastmile", "service.instance.id", node));
            json.writeEndObject();
            json.writeArrayFieldStart("scopeSpans");
            json.writeStartObject();
            json.writeObjectFieldStart("scope");
            json.writeStringField("name", "io.lastmile");
            json.writeEndObject();
            json.writeArrayFieldStart("spans");
            for (Span span : spans) {
                span(json, span);
            }
            json.writeEndArray();
            json.writeEndObject();
            json.writeEndArray();
            json.writeEndObject();
            json.writeEndArray();
        });
    }

    private static void span(JsonGenerator json, Span span) throws IOException {
        json.writeStartObject();
        json.writeStringField("traceId", span.traceId());
        json.writeStringField("spanId", span.spanId());
        json.writeStringField("parentSpanId", span.parentId());
        json.writeStringField("name", span.name());
        json.writeNumberField("kind", KIND_CONSUMER);
        json.writeStringField("startTimeUnixNano", span.beginMs() + NANOS_OF_A_MS);
        json.writeStringField("endTimeUnixNano", span.endMs() + NANOS_OF_A_MS);
        attributes(json, span.attributes());
        if (!span.problem().isEmpty()) {
            json.writeObjectFieldStart("status");
            json.writeNumberField("code", STATUS_ERROR);
            json.writeStringField("message", span.problem());
            json.writeEndObject();
        }
        json.writeEndObject();
    }

    private static void attributes(JsonGenerator json, Map<String, String> attributes)
            throws IOException {
        json.writeArrayFieldStart("attributes");
        for (Map.Entry<String, String> attribute : attributes.entrySet()) {
            json.writeStartObject();
            json.writeStringField("key", attribute.getKey());
            json.writeObjectFieldStart("value");
            json.writeStringField("stringValue", attribute.getValue());
            json.writeEndObject();
            json.writeEndObject();
        }
        json.writeEndArray();
    }
}
