package io.lastmile.api.http;

import com.fasterxml.jackson.core.JsonGenerator;
import io.lastmile.api.kafka.Traces;
import io.lastmile.api.kafka.Traces.RefusedTraceException;
import io.lastmile.node.Clock;
import io.lastmile.node.HttpAnswer;
import io.lastmile.node.HttpRequest;
import io.lastmile.node.Json;
import io.lastmile.node.Problem;
import io.lastmile.node.QueryAnswer;
import io.lastmile.node.kafka.TraceReader;
import io.lastmile.node.trace.DeviceTrace;
import io.lastmile.node.trace.MessageTrace;
import io.lastmile.node.trace.NoTraceException;
import io.lastmile.node.trace.Step;
import io.lastmile.node.trace.Verdict;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.Message;
import io.lastmile.wire.MessageId;
import io.lastmile.wire.SessionId;
import io.lastmile.wire.record.ReceiptRecord;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * {@code GET /v1/messages/{id}/trace} and {@code GET /v1/devices/{device}/trace}: what the topics
 * tell of a message or a device.
 */
public final class TracePages {
    private static final long DEVICE_MS = Duration.ofHours(1).toMillis();

    /** The newest steps of a device; of more a page would be too long to read. */
    private static final int STEPS_MAX = 1_000;

    /** A longer payload is not shown. */
    private static final int PAYLOAD_BYTES_MAX = 64 << 10;

    private static final String HELD_BACK =
            "a producer's transaction that is open holds its partition back";

    private interface Reading<T> {
        T read() throws RefusedTraceException;
    }

    private final Traces traces;
    private final boolean showsPayloads;
    private final Clock clock;

    /** Pages of these traces. */
    public TracePages(Traces traces, boolean showsPayloads, Clock clock) {
        this.traces = traces;
        this.showsPayloads = showsPayloads;
        this.clock = clock;
    }

    /**
     * The life of a message, as JSON.
     *
     * @param check refuses a device that is none of the caller's
     */
    String message(MessageId id, String caller, Consumer<DeviceId> check, HttpAnswer answer) {
        MessageTrace trace = message(caller, answer, id, reader -> reader.message(id));
        check.accept(trace.device());
        return json(trace);
    }

    /** A message that no owner has read yet. */
    QueryAnswer accepted(MessageId id, String caller, HttpAnswer answer) {
        MessageTrace trace = message(caller, answer, id, reader -> reader.accepted(id));
        return new QueryAnswer(
                200,
                Json.object(json -> {
                    json.writeStringField("id", id.toString());
                    json.writeStringField("device", trace.device().value());
                    json.writeStringField("state", "accepted");
                    json.writeStringField(
                            "acceptedAt", Instant.ofEpochMilli(trace.acceptedAtMs()).toString());
                    if (trace.isHeldBack()) {
                        json.writeStringField("detail", HELD_BACK);
                    }
                }));
    }

    /** Answers with what happened to a device since a time, or in the last hour. */
    void device(DeviceId device, String caller, HttpRequest request, HttpAnswer answer) {
        long fromMs = fromMs(request);
        DeviceTrace trace =
                read(
                        answer,
                        () ->
                                traces.read(
                                        caller,
                                        reader -> reader.device(device, fromMs, Long.MAX_VALUE)));
        answer.sendJson(200, json(trace, fromMs));
    }

    private MessageTrace message(
            String caller,
            HttpAnswer answer,
            MessageId id,
            Function<TraceReader, MessageTrace> reading) {
        return read(answer, () -> traces.message(id, caller, reading));
    }

    private static <T> T read(HttpAnswer answer, Reading<T> reading) {
        try {
            return reading.read();
        } catch (NoTraceException e) {
            throw new RefusedException(
                    Problem.of(404, "no-such-message", "No such message", e.why()));
        } catch (RefusedTraceException e) {
            throw refused(e, answer);
        }
    }

    /** Why the topics cannot be read right now. */
    static RefusedException refused(RefusedTraceException e, HttpAnswer answer) {
        answer.retryAfter(2);
        return new RefusedException(
                switch (e.refusal()) {
                    case BUSY ->
                            Problem.of(
                                    503,
                                    "busy",
                                    "Too many traces",
                                    "as many traces are being read as may be at once,"
                                            + " or as are this caller's share");
                    case TOO_LONG ->
                            Problem.of(
                                    503,
                                    "trace-too-long",
                                    "Too much to read",
                                    "that is more than can be read in time; lastmile trace takes the time it needs");
                    case KAFKA_AWAY ->
                            Problem.of(
                                    503,
                                    "kafka-away",
                                    "Kafka does not answer",
                                    "the topics cannot be read right now");
                });
    }

    private long fromMs(HttpRequest request) {
        for (String name : request.query().keySet()) {
            if (!name.equals("from")) {
                throw RefusedException.field("query", name, "known is from");
            }
        }
        List<String> from = request.query().getOrDefault("from", List.of());
        if (from.isEmpty()) {
            return clock.nowMs() - DEVICE_MS;
        }
        try {
            if (from.size() == 1) {
                // In a query a plus means a space, and times have none.
                String time = from.getFirst().replace(' ', '+');
                return Math.max(0, OffsetDateTime.parse(time).toInstant().toEpochMilli());
            }
        } catch (DateTimeException | ArithmeticException e) {
            throw notATime();
        }
        throw notATime();
    }

    private static RefusedException notATime() {
        return RefusedException.field(
                "from",
                "from",
                "once, a time such as 2026-11-23T10:15:00Z (of an offset + is %2B)");
    }

    private String json(MessageTrace trace) {
        ReceiptRecord receipt = trace.receipt();
        Message message = trace.message();
        return Json.object(out -> {
            out.writeStringField("id", trace.id().toString());
            out.writeStringField("device", trace.device().value());
            if (receipt != null) {
                out.writeStringField("outcome", receipt.outcome().label());
            }
            out.writeStringField("verdict", Verdict.of(trace, clock.nowMs()));
            if (message != null) {
                message(out, message);
            }
            steps(out, trace.steps());
        });
    }

    private void message(JsonGenerator out, Message message) throws IOException {
        int bytes = message.payload().length();
        out.writeNumberField("payloadBytes", bytes);
        if (message.contentType() != null) {
            out.writeStringField("contentType", message.contentType());
        }
        if (!showsPayloads) {
            return;
        }
        if (bytes <= PAYLOAD_BYTES_MAX) {
            payload(out, message.payload().bytes());
        }
        if (!message.attributes().isEmpty()) {
            out.writeObjectFieldStart("attributes");
            Map<String, String> last = new LinkedHashMap<>(); // of those that stand twice
            message.attributes().forEach(header -> last.put(header.name(), header.value()));
            for (Map.Entry<String, String> attribute : last.entrySet()) {
                out.writeStringField(attribute.getKey(), attribute.getValue());
            }
            out.writeEndObject();
        }
    }

    private static void payload(JsonGenerator out, byte[] bytes) throws IOException {
        try {
            out.writeStringField(
                    "payload",
                    StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
        } catch (CharacterCodingException e) {
            out.writeFieldName("payloadBase64");
            out.writeBinary(bytes);
        }
    }

    private static String json(DeviceTrace trace, long fromMs) {
        List<Step> steps = trace.steps();
        return Json.object(out -> {
            out.writeStringField("device", trace.device().value());
            out.writeStringField("from", Instant.ofEpochMilli(fromMs).toString());
            steps(out, steps.subList(Math.max(0, steps.size() - STEPS_MAX), steps.size()));
        });
    }

    private static void steps(JsonGenerator out, List<Step> steps) throws IOException {
        out.writeArrayFieldStart("steps");
        for (Step step : steps) {
            out.writeStartObject();
            out.writeStringField("at", Instant.ofEpochMilli(step.atMs()).toString());
            out.writeStringField("step", step.name());
            if (step.message() != null) {
                out.writeStringField("message", step.message().toString());
            }
            SessionId session = step.session();
            if (session != null) {
                out.writeStringField("edge", session.edge().node());
                out.writeStringField("session", session.toString());
            }
            if (!step.detail().isEmpty()) {
                out.writeStringField("detail", step.detail());
            }
            out.writeEndObject();
        }
        out.writeEndArray();
    }
}
