package io.lastmile.api.http;

import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.lastmile.api.kafka.MessageSender;
import io.lastmile.api.kafka.SendResult;
import io.lastmile.node.Clock;
import io.lastmile.node.Json;
import io.lastmile.node.Problem;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.Header;
import io.lastmile.wire.Message;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;

/** {@code POST /v1/devices/{device}/messages}: one message, 202 once Kafka has it. */
final class PostMessage {
    /** What a record takes besides its payload: headers at their most, and the client's objects. */
    static final int RECORD_BYTES = 1 << 10;

    private final MessageSender sender;
    private final InFlight inFlight;
    private final int payloadBytesMax;
    private final Clock clock;

    PostMessage(MessageSender sender, InFlight inFlight, int payloadBytesMax, Clock clock) {
        this.sender = sender;
        this.inFlight = inFlight;
        this.payloadBytesMax = payloadBytesMax;
        this.clock = clock;
    }

    void handle(DeviceId device, ServerRequest request, ServerResponse response)
            throws IOException {
        List<Header> headers = MessageRequest.headers(request.headers(), clock.nowMs());
        int share = RECORD_BYTES + Body.declaredBytes(request, payloadBytesMax);
        if (!inFlight.take(share)) {
            response.header(HeaderNames.RETRY_AFTER, "1");
            throw new RefusedException(busy());
        }
        try {
            Message message =
                    MessageRequest.message(
                            device, Body.read(request, payloadBytesMax, clock), headers);
            answer(device, sender.send(message), response);
        } finally {
            inFlight.give(share);
        }
    }

    private static void answer(DeviceId device, SendResult result, ServerResponse response) {
        switch (result) {
            case SendResult.Accepted accepted -> {
                String json =
                        Json.object(out -> {
                            out.writeStringField("id", accepted.id().toString());
                            out.writeStringField("device", device.value());
                            out.writeStringField(
                                    "acceptedAt",
                                    Instant.ofEpochMilli(accepted.acceptedAtMs()).toString());
                        });
                response.status(Status.ACCEPTED_202)
                        .header(HeaderNames.LOCATION, "/v1/messages/" + accepted.id())
                        .header(HeaderNames.CONTENT_TYPE, "application/json")
                        .send(json.getBytes(StandardCharsets.UTF_8));
            }
            case SendResult.Failed failed -> throw refused(failed, response);
        }
    }

    static RefusedException refused(SendResult.Failed failed, ServerResponse response) {
        if (failed.reason() == SendResult.Reason.NO_ANSWER) {
            response.header(HeaderNames.RETRY_AFTER, "1");
        }
        return new RefusedException(problem(failed));
    }

    /** Why a message is not known to be accepted. */
    static Problem problem(SendResult.Failed failed) {
        return switch (failed.reason()) {
            case NO_ANSWER ->
                    Problem.of(
                            503,
                            "kafka-away",
                            "Kafka does not answer",
                            "the message is not known to be accepted; try again, with an"
                                    + " idempotency key where twice would matter");
            case REFUSED ->
                    Problem.of(
                            413,
                            "payload-too-large",
                            "Payload too large",
                            "Kafka refused the record: " + failed.detail());
        };
    }

    /** There is no room for another message. */
    static Problem busy() {
        return Problem.of(
                503,
                "busy",
                "Busy",
                "more is on its way to Kafka than api.in-flight.max allows; the message was not"
                        + " taken");
    }
}
