package io.lastmile.api.http;

import io.lastmile.api.http.BatchAnswers.Pending;
import io.lastmile.api.http.BatchAnswers.Sending;
import io.lastmile.api.http.Batches.Poster;
import io.lastmile.api.kafka.MessageSender;
import io.lastmile.api.kafka.SendResult;
import io.lastmile.api.keys.Caller;
import io.lastmile.node.Clock;
import io.lastmile.node.HttpAnswer;
import io.lastmile.node.HttpRequest;
import io.lastmile.node.Problem;
import io.lastmile.node.Shares;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.Message;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** {@code POST /v1/messages}: messages in a {@linkplain Batches batch}. */
final class PostMessages {
    private final Batches batches;
    private final Access access;
    private final BatchSender toKafka;
    private final int payloadBytesMax;
    private final int devicesMax;
    private final Clock clock;

    /**
     * Batches.
     *
     * @param bodies room for what has come of them; refused beyond it
     * @param toKafka the way of their messages, which wait there for room
     */
    PostMessages(
            MessageSender sender,
            Access access,
            Shares bodies,
            BatchSender toKafka,
            int payloadBytesMax,
            int devicesMax,
            Clock clock) {
        Batches.Kind kind =
                new Batches.Kind(
                        Route.POST_MESSAGES,
                        2 * payloadBytesMax + BatchMessage.OBJECT_BYTES_MAX,
                        Body.tooLarge(payloadBytesMax).problem());
        batches = new Batches(sender, access, bodies, kind, clock);
        this.access = access;
        this.toKafka = toKafka;
        this.payloadBytesMax = payloadBytesMax;
        this.devicesMax = devicesMax;
        this.clock = clock;
    }

    void handle(Caller caller, HttpRequest request, HttpAnswer answer) throws IOException {
        batches.handle(caller, request, answer, this::begin);
    }

    private Pending begin(Poster poster, byte[] text, int from, int to)
            throws InterruptedException {
        BatchMessage batch =
                BatchMessage.read(text, from, to, payloadBytesMax, devicesMax, clock.nowMs());
        Map<String, Sending> begun = new HashMap<>(); // one named twice gets one message
        List<Sending> sendings = new ArrayList<>(batch.devices().size());
        for (String device : batch.devices()) {
            Sending sending = begun.get(device);
            if (sending == null) {
                sending = begin(poster, device, batch);
                begun.put(device, sending);
            }
            sendings.add(sending);
        }
        return new Pending.Sent(batch.namesOne(), sendings);
    }

    private Sending begin(Poster poster, String text, BatchMessage batch)
            throws InterruptedException {
        if (!DeviceId.isValid(text)) {
            String field = batch.namesOne() ? "device" : "devices";
            return new Sending(null, null, RefusedException.device(field, text).problem());
        }
        DeviceId device = new DeviceId(text);
        Message message = MessageRequest.ofBatch(device, batch);
        Optional<Problem> refusal = access.refusal(poster.caller(), device);
        return refusal.isPresent()
                ? new Sending(device, null, poster.refused(refusal.get()))
                : begin(poster.who(), message);
    }

    private Sending begin(String who, Message message) throws InterruptedException {
        try {
            CompletableFuture<SendResult> begun = toKafka.begin(who, message);
            return new Sending(message.device(), begun, begun == null ? Batches.noRoom() : null);
        } catch (RuntimeException e) { // what has begun to other devices goes on
            return new Sending(message.device(), null, Batches.bug(e));
        }
    }
}
