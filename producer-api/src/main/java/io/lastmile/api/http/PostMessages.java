package io.lastmile.api.http;

import io.lastmile.api.http.BatchAnswers.Pending;
import io.lastmile.api.http.BatchAnswers.Sending;
import io.lastmile.api.kafka.MessageSender;
import io.lastmile.api.kafka.SendResult;
import io.lastmile.api.keys.Caller;
import io.lastmile.node.Clock;
import io.lastmile.node.HttpAnswer;
import io.lastmile.node.HttpRequest;
import io.lastmile.node.Problem;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.Message;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * {@code POST /v1/messages}: messages as lines of JSON, of any number and answered while they come,
 * or as one JSON array. Each is answered in its place: a bad one does not spoil the others.
 */
final class PostMessages {
    /** The longest array with all that is in it; more goes as lines. */
    static final int ARRAY_BYTES_MAX = 4 << 20;

    private final MessageSender sender;
    private final Access access;
    private final InFlight arrays;
    private final BatchSender toKafka;
    private final int payloadBytesMax;
    private final int devicesMax;
    private final Clock clock;

    /**
     * Batches.
     *
     * @param arrays room for whole bodies; refused beyond it
     * @param toKafka the way of their messages, which wait there for room
     */
    PostMessages(
            MessageSender sender,
            Access access,
            InFlight arrays,
            BatchSender toKafka,
            int payloadBytesMax,
            int devicesMax,
            Clock clock) {
        this.sender = sender;
        this.access = access;
        this.arrays = arrays;
        this.toKafka = toKafka;
        this.payloadBytesMax = payloadBytesMax;
        this.devicesMax = devicesMax;
        this.clock = clock;
    }

    void handle(Caller caller, HttpRequest request, HttpAnswer answer) throws IOException {
        String type =
                request.header("Content-Type").split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
        switch (type) {
            case "application/x-ndjson", "application/ndjson", "application/jsonl" ->
                    lines(caller, request, answer);
            case "application/json" -> array(caller, request, answer);
            default ->
                    throw new RefusedException(
                            new Problem(
                                    415,
                                    "content-type",
                                    "Content type not understood",
                                    "Content-Type: application/x-ndjson (a message a line) or"
                                            + " application/json (an array of messages)",
                                    "Content-Type"));
        }
    }

    private void lines(Caller caller, HttpRequest request, HttpAnswer answer) throws IOException {
        answer.status(200).type("application/x-ndjson");
        if (!request.hasBody()) {
            answer.send(new byte[0]);
            return;
        }
        Lines lines =
                new Lines(request.body(), 2 * payloadBytesMax + BatchMessage.OBJECT_BYTES_MAX);
        answer(
                answer,
                true,
                answers -> {
                    Lines.Next next = lines.next();
                    while (next != Lines.Next.END && !answers.isBroken()) {
                        if (next == Lines.Next.TOO_LONG) {
                            answers.add(
                                    new Pending.Refused(Body.tooLarge(payloadBytesMax).problem()));
                        } else if (!lines.isBlank()) {
                            answers.add(begin(caller, lines.buffer(), lines.from(), lines.to()));
                        }
                        next = lines.next();
                    }
                });
    }

    private void array(Caller caller, HttpRequest request, HttpAnswer answer) throws IOException {
        int share = Body.declaredBytes(request, ARRAY_BYTES_MAX);
        if (!arrays.take(share)) {
            answer.retryAfter(1);
            throw new RefusedException(PostMessage.busy());
        }
        try {
            byte[] text = Body.read(request, ARRAY_BYTES_MAX, clock).bytes();
            int[] bounds = BatchMessage.elements(text);
            answer.status(200).type("application/json");
            answer(
                    answer,
                    false,
                    answers -> {
                        for (int i = 0; i < bounds.length && !answers.isBroken(); i += 2) {
                            answers.add(begin(caller, text, bounds[i], bounds[i + 1]));
                        }
                    });
        } finally {
            arrays.give(share);
        }
    }

    /** Hands messages over and adds what is to be answered. */
    @FunctionalInterface
    private interface Reading {
        void into(BatchAnswers answers) throws IOException, InterruptedException;
    }

    private void answer(HttpAnswer answer, boolean lines, Reading reading) throws IOException {
        try (OutputStream out = answer.stream()) {
            BatchAnswers answers = new BatchAnswers(sender, out, lines);
            Thread writer = Thread.ofVirtual().name("api-batch-answers").start(answers::write);
            try {
                try {
                    reading.into(answers);
                } finally {
                    answers.add(new Pending.End());
                    writer.join();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted", e);
            }
            if (answers.isBroken()) {
                throw new IOException("nobody reads the answers");
            }
        }
    }

    private Pending begin(Caller caller, byte[] text, int from, int to)
            throws InterruptedException {
        try {
            BatchMessage batch =
                    BatchMessage.read(text, from, to, payloadBytesMax, devicesMax, clock.nowMs());
            List<Sending> sendings = new ArrayList<>(batch.devices().size());
            for (DeviceId device : batch.devices()) {
                Message message = MessageRequest.ofBatch(device, batch);
                Optional<Problem> refusal = access.refusal(caller, device);
                sendings.add(
                        refusal.isPresent()
                                ? new Sending(device, null, refusal.get())
                                : begin(message));
            }
            return new Pending.Sent(batch.namesOne(), sendings);
        } catch (RefusedException refused) {
            return new Pending.Refused(refused.problem());
        }
    }

    private Sending begin(Message message) throws InterruptedException {
        CompletableFuture<SendResult> begun = toKafka.begin(message);
        return new Sending(message.device(), begun, begun == null ? noRoom() : null);
    }

    private static Problem noRoom() {
        return Problem.of(
                503,
                "busy",
                "Busy",
                "Kafka takes messages too slowly for all that are posted; the message was not taken");
    }
}
