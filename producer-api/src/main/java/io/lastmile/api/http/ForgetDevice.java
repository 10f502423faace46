package io.lastmile.api.http;

import io.lastmile.api.kafka.MessageSender;
import io.lastmile.api.kafka.SendResult;
import io.lastmile.node.HttpAnswer;
import io.lastmile.node.Json;
import io.lastmile.node.QueryAnswer;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.MessageId;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * {@code DELETE /v1/devices/{device}}: takes back everything that waits for the device. 202 once
 * Kafka has a control record behind each message. What retention and compaction keep of the device
 * is in the manual.
 */
final class ForgetDevice {
    /** The most that an inbox holds is a setting of routers; this is the most that is asked for. */
    private static final int AT_ONCE = 1_000;

    private final MessageSender sender;

    ForgetDevice(MessageSender sender) {
        this.sender = sender;
    }

    /** Takes back what its owner lists as unsettled. */
    void handle(DeviceId device, QueryAnswer known, HttpAnswer answer) {
        if (known.status() != 200) {
            StateQueries.send(answer, known);
            return;
        }
        List<MessageId> ids = JsonFields.messageIds(known.json());
        int cancelled = 0;
        for (int from = 0; from < ids.size(); from += AT_ONCE) {
            List<MessageId> some = ids.subList(from, Math.min(ids.size(), from + AT_ONCE));
            List<CompletableFuture<SendResult>> begun = new ArrayList<>(some.size());
            some.forEach(id -> begun.add(sender.begin(CancelMessage.control(device, id))));
            for (CompletableFuture<SendResult> one : begun) {
                if (sender.await(one) instanceof SendResult.Failed failed) {
                    throw PostMessage.refused(failed, answer);
                }
                cancelled++;
            }
        }
        int all = cancelled;
        answer.sendJson(
                202,
                Json.object(json -> {
                    json.writeStringField("device", device.value());
                    json.writeStringField("state", "forgetting");
                    json.writeNumberField("cancelling", all);
                }));
    }
}
