package io.lastmile.api.http;

import io.lastmile.api.kafka.MessageSender;
import io.lastmile.api.kafka.SendResult;
import io.lastmile.node.HttpAnswer;
import io.lastmile.node.Json;
import io.lastmile.node.Problem;
import io.lastmile.node.QueryAnswer;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.Header;
import io.lastmile.wire.Message;
import io.lastmile.wire.MessageHeader;
import io.lastmile.wire.MessageId;
import io.lastmile.wire.Payload;
import java.util.List;
import java.util.Map;

/**
 * {@code DELETE /v1/messages/{id}}: a control record behind the message that takes it back. 202
 * once Kafka has that record; whether it came in time the receipt says.
 */
final class CancelMessage {
    private final MessageSender sender;

    CancelMessage(MessageSender sender) {
        this.sender = sender;
    }

    /** Takes it back, if what its owner knows of it allows that. */
    void handle(MessageId id, QueryAnswer known, HttpAnswer answer) {
        if (known.status() != 200) {
            StateQueries.send(answer, known);
            return;
        }
        Map<String, String> fields = JsonFields.of(known.json());
        if ("settling".equals(fields.get("state"))) {
            throw new RefusedException(
                    Problem.of(
                            409,
                            "settled",
                            "Settled already",
                            "how message " + id + " ends is decided: its receipt will say it"));
        }
        if ("settled".equals(fields.get("state"))) {
            throw new RefusedException(
                    Problem.of(
                            409,
                            "settled",
                            "Settled already",
                            "message " + id + " ended as " + fields.get("outcome")));
        }
        DeviceId device = new DeviceId(fields.getOrDefault("device", ""));
        SendResult result = sender.send(control(device, id));
        switch (result) {
            case SendResult.Accepted _ ->
                    answer.sendJson(
                            202,
                            Json.object(json -> {
                                json.writeStringField("id", id.toString());
                                json.writeStringField("device", device.value());
                                json.writeStringField("state", "cancelling");
                            }));
            case SendResult.Failed failed -> throw PostMessage.refused(failed, answer);
        }
    }

    /** The record that takes a message back. */
    static Message control(DeviceId device, MessageId id) {
        return MessageRequest.message(
                device,
                Payload.EMPTY,
                List.of(new Header(MessageHeader.CANCEL.headerName(), id.toString())));
    }
}
