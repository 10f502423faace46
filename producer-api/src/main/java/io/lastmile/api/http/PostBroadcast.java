package io.lastmile.api.http;

import io.lastmile.api.kafka.BroadcastLog;
import io.lastmile.api.kafka.BroadcastSender;
import io.lastmile.api.kafka.SendResult;
import io.lastmile.node.Clock;
import io.lastmile.node.HttpAnswer;
import io.lastmile.node.HttpRequest;
import io.lastmile.node.Json;
import io.lastmile.node.Problem;
import io.lastmile.node.Shares;
import io.lastmile.wire.Audience;
import io.lastmile.wire.BroadcastId;
import io.lastmile.wire.Payload;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;

/**
 * {@code POST /v1/channels/{channel}/messages} and {@code POST /v1/broadcasts}: one payload for all
 * members, 202 once Kafka has it. And {@code DELETE /v1/broadcasts/{id}}, which takes it back as
 * far as it is not sent.
 */
final class PostBroadcast {
    private final BroadcastSender sender;
    private final BroadcastLog log;
    private final Shares bodies;
    private final int payloadBytesMax;
    private final Clock clock;

    PostBroadcast(
            BroadcastSender sender,
            BroadcastLog log,
            Shares bodies,
            int payloadBytesMax,
            Clock clock) {
        this.sender = sender;
        this.log = log;
        this.bodies = bodies;
        this.payloadBytesMax = payloadBytesMax;
        this.clock = clock;
    }

    /** Answers when Kafka has. Blocks while the body has not come, and where Kafka is away. */
    void post(Audience audience, String caller, HttpRequest request, HttpAnswer answer)
            throws IOException {
        BroadcastRequest head = BroadcastRequest.of(request, clock.nowMs());
        Held held = new Held(bodies, caller, PostMessage.RECORD_BYTES);
        CompletableFuture<SendResult> begun = null;
        try {
            Payload payload = Body.read(request, payloadBytesMax, held, clock);
            begun = sender.begin(head.post(audience, payload));
        } finally {
            if (begun == null) {
                held.giveBack();
            } else {
                var _ = begun.whenComplete((_, _) -> held.giveBack());
            }
        }
        answer.when(begun, result -> answer(audience, result, answer));
    }

    private void answer(Audience audience, SendResult result, HttpAnswer answer) {
        switch (result) {
            case SendResult.Accepted(var place, var acceptedAtMs) -> {
                BroadcastId id = new BroadcastId(place.offset());
                log.accepted(new BroadcastLog.Known(id, audience, acceptedAtMs));
                String json =
                        Json.object(out -> {
                            out.writeStringField("id", id.toString());
                            out.writeStringField("audience", audience.text());
                            out.writeStringField(
                                    "acceptedAt", Instant.ofEpochMilli(acceptedAtMs).toString());
                        });
                answer.status(202)
                        .header("Location", "/v1/broadcasts/" + id)
                        .type("application/json")
                        .send(json.getBytes(StandardCharsets.UTF_8));
            }
            case SendResult.Failed failed -> refuse(failed, answer);
        }
    }

    /** Takes it back. */
    void cancel(BroadcastLog.Known known, HttpAnswer answer) {
        answer.when(
                sender.cancel(known.id(), known.audience()),
                result -> {
                    switch (result) {
                        case SendResult.Accepted _ ->
                                answer.sendJson(
                                        202,
                                        Json.object(json -> {
                                            json.writeStringField("id", known.id().toString());
                                            json.writeStringField(
                                                    "audience", known.audience().text());
                                            json.writeStringField("state", "cancelling");
                                        }));
                        case SendResult.Failed failed -> refuse(failed, answer);
                    }
                });
    }

    private static void refuse(SendResult.Failed failed, HttpAnswer answer) {
        if (failed.reason() == SendResult.Reason.NO_ANSWER) {
            answer.retryAfter(1);
        }
        answer.send(
                failed.reason() == SendResult.Reason.KEY_REUSED
                        ? new Problem(
                                422,
                                "idempotency-key-reused",
                                "Idempotency key used before",
                                MessageRequest.IDEMPOTENCY_KEY
                                        + ": another payload, content type or attributes came with"
                                        + " this key for this audience; the broadcast was not taken",
                                MessageRequest.IDEMPOTENCY_KEY)
                        : PostMessage.problem(failed, MessageRequest.IDEMPOTENCY_KEY));
    }
}
