package io.lastmile.api.http;

import io.lastmile.api.kafka.MessageSender;
import io.lastmile.api.kafka.SendResult;
import io.lastmile.node.Clock;
import io.lastmile.node.HttpAnswer;
import io.lastmile.node.HttpRequest;
import io.lastmile.node.Json;
import io.lastmile.node.Problem;
import io.lastmile.node.Shares;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.Header;
import io.lastmile.wire.Payload;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** {@code POST /v1/devices/{device}/messages}: one message, 202 once Kafka has it. */
final class PostMessage {
    /** What a record takes besides its payload: headers at their most, and the client's objects. */
    static final int RECORD_BYTES = 1 << 10;

    private final MessageSender sender;
    private final Shares bodies;
    private final int payloadBytesMax;
    private final Clock clock;

    PostMessage(MessageSender sender, Shares bodies, int payloadBytesMax, Clock clock) {
        this.sender = sender;
        this.bodies = bodies;
        this.payloadBytesMax = payloadBytesMax;
        this.clock = clock;
    }

    /** Whether a path looks like one to post a message to. */
    static boolean isAt(String path) {
        return path.startsWith("/v1/devices/") && path.endsWith("/messages");
    }

    /** Whether so little is under way that Kafka's client has room for more at once. */
    boolean hasPlenty() {
        return bodies.taken() <= bodies.size() / 4;
    }

    /**
     * Answers when Kafka has. Blocks while the body has not come, and where Kafka is away or its
     * client has no room.
     */
    void handle(DeviceId device, String caller, HttpRequest request, HttpAnswer answer)
            throws IOException {
        List<Header> headers = MessageRequest.headers(request, clock.nowMs());
        Held held = new Held(bodies, caller, RECORD_BYTES);
        CompletableFuture<SendResult> begun = begin(device, headers, held, request);
        answer.when(begun, result -> answer(device, result, answer));
    }

    private CompletableFuture<SendResult> begin(
            DeviceId device, List<Header> headers, Held held, HttpRequest request)
            throws IOException {
        CompletableFuture<SendResult> begun = null;
        try {
            Payload payload = Body.read(request, payloadBytesMax, held, clock);
            begun = sender.begin(MessageRequest.message(device, payload, headers));
            return begun;
        } finally {
            if (begun == null) {
                held.giveBack();
            } else {
                var _ = begun.whenComplete((_, _) -> held.giveBack());
            }
        }
    }

    private static void answer(DeviceId device, SendResult result, HttpAnswer answer) {
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
                answer.status(202)
                        .header("Location", "/v1/messages/" + accepted.id())
                        .type("application/json")
                        .send(json.getBytes(StandardCharsets.UTF_8));
            }
            case SendResult.Failed failed -> answer.send(refused(failed, answer).problem());
        }
    }

    static RefusedException refused(SendResult.Failed failed, HttpAnswer answer) {
        if (failed.reason() == SendResult.Reason.NO_ANSWER) {
            answer.retryAfter(1);
        }
        return new RefusedException(problem(failed, MessageRequest.IDEMPOTENCY_KEY));
    }

    /**
     * Why a message is not known to be accepted.
     *
     * @param keyField where its idempotency key stands
     */
    static Problem problem(SendResult.Failed failed, String keyField) {
        return switch (failed.reason()) {
            case NO_ANSWER ->
                    Problem.of(
                            503,
                            "kafka-away",
                            "Kafka does not answer",
                            "the message is not known to be accepted; try again, with an"
                                    + " idempotency key where twice would matter");
            case KEY_REUSED ->
                    new Problem(
                            422,
                            "idempotency-key-reused",
                            "Idempotency key used before",
                            keyField
                                    + ": another payload, content type or attributes came with this"
                                    + " key for this device; the message was not taken",
                            keyField);
            case REFUSED ->
                    Problem.of(
                            413,
                            "payload-too-large",
                            "Payload too large",
                            "Kafka refused the record: " + failed.detail());
        };
    }
}
