package io.lastmile.api.http;

import com.fasterxml.jackson.core.JsonGenerator;
import io.lastmile.api.kafka.SendResult;
import io.lastmile.node.Problem;
import io.lastmile.wire.ChannelName;
import io.lastmile.wire.Control;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.MemberSource;
import io.lastmile.wire.Message;
import java.io.IOException;

/**
 * A device joins a channel by a producer's word, or leaves it as far as that goes.
 *
 * @param leaves whether it leaves
 */
record MemberChange(ChannelName channel, DeviceId device, boolean leaves) {
    /** The record that says it. */
    Message message() {
        return Message.control(
                device,
                leaves
                        ? new Control.Leave(channel, MemberSource.API)
                        : new Control.Join(channel, MemberSource.API));
    }

    /** The fields of its answer. */
    void write(JsonGenerator json, SendResult.Accepted accepted) throws IOException {
        json.writeStringField("channel", channel.value());
        json.writeStringField("device", device.value());
        json.writeStringField("state", leaves ? "leaving" : "joining");
        json.writeStringField("position", accepted.id().toString());
    }

    /** Why it is not known to be made. */
    static Problem problem(SendResult.Failed failed) {
        return failed.reason() == SendResult.Reason.NO_ANSWER
                ? Problem.of(
                        503,
                        "kafka-away",
                        "Kafka does not answer",
                        "the change is not known to be made; try again: made twice it does no harm")
                : PostMessage.problem(failed, MessageRequest.IDEMPOTENCY_KEY);
    }
}
