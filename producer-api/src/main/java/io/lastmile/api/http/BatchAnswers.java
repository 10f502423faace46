package io.lastmile.api.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.lastmile.api.kafka.MessageSender;
import io.lastmile.api.kafka.SendResult;
import io.lastmile.node.Problem;
import io.lastmile.wire.DeviceId;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The answers to a batch, written in the order of its messages while more of them are read: a line
 * each, or an element of an array. One thread adds, another one writes.
 */
final class BatchAnswers {
    private static final int WAITING_MAX = 4_096;
    private static final JsonFactory FACTORY = new JsonFactory();

    /** The answer to one message of the batch. */
    sealed interface Pending {
        /** It was not even tried. */
        record Refused(Problem problem) implements Pending {}

        /** It is on its way to each of its devices. */
        record Sent(boolean one, List<Sending> sendings) implements Pending {}

        /** There are no more. */
        record End() implements Pending {}
    }

    /** One device's message; a refusal where there was no room for it. */
    record Sending(
            DeviceId device,
            @Nullable CompletableFuture<SendResult> result,
            @Nullable Problem problem) {}

    private final BlockingQueue<Pending> waiting = new ArrayBlockingQueue<>(WAITING_MAX);
    private final MessageSender sender;
    private final OutputStream out;
    private final boolean lines;
    private volatile boolean broken;

    BatchAnswers(MessageSender sender, OutputStream out, boolean lines) {
        this.sender = sender;
        this.out = out;
        this.lines = lines;
    }

    /** Adds one; waits while too many are not yet written. */
    void add(Pending pending) throws InterruptedException {
        waiting.put(pending);
    }

    /** Whether nobody reads the answers any more. */
    boolean isBroken() {
        return broken;
    }

    /** Writes until the end. */
    void write() {
        try (JsonGenerator json = FACTORY.createGenerator(out)) {
            json.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
            json.setRootValueSeparator(null);
            if (!lines) {
                json.writeStartArray();
            }
            while (true) {
                Pending next = waiting.poll();
                if (next == null) {
                    json.flush(); // before waiting: so a client that waits for an answer gets it
                    next = waiting.take();
                }
                if (next instanceof Pending.End) {
                    break;
                }
                write(json, next);
                if (lines) {
                    json.writeRaw('\n');
                }
            }
            if (!lines) {
                json.writeEndArray();
            }
        } catch (IOException | RuntimeException e) { // the peer has gone
            broken = true;
            drain();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** So that who adds is not held for ever. */
    private void drain() {
        try {
            Pending next = waiting.take();
            while (!(next instanceof Pending.End)) {
                next = waiting.take();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void write(JsonGenerator json, Pending pending) throws IOException {
        json.writeStartObject();
        switch (pending) {
            case Pending.Refused(var problem) -> write(json, problem);
            case Pending.Sent(var one, var sendings) -> {
                if (one) {
                    write(json, sendings.getFirst());
                } else {
                    json.writeArrayFieldStart("messages");
                    for (Sending sending : sendings) {
                        json.writeStartObject();
                        write(json, sending);
                        json.writeEndObject();
                    }
                    json.writeEndArray();
                }
            }
            case Pending.End _ -> throw new IllegalStateException("the end has no answer");
        }
        json.writeEndObject();
    }

    private void write(JsonGenerator json, Sending sending) throws IOException {
        CompletableFuture<SendResult> begun = sending.result();
        Problem problem = sending.problem();
        if (begun != null) {
            if (!begun.isDone()) {
                json.flush();
            }
            switch (sender.await(begun)) {
                case SendResult.Accepted(var id, var acceptedAtMs) -> {
                    json.writeStringField("id", id.toString());
                    json.writeStringField("device", sending.device().value());
                    json.writeStringField(
                            "acceptedAt", Instant.ofEpochMilli(acceptedAtMs).toString());
                    return;
                }
                case SendResult.Failed failed -> problem = PostMessage.problem(failed);
            }
        }
        json.writeStringField("device", sending.device().value());
        if (problem != null) {
            write(json, problem);
        }
    }

    private static void write(JsonGenerator json, Problem problem) throws IOException {
        json.writeStringField("type", "/problems/" + problem.type());
        json.writeStringField("title", problem.title());
        json.writeNumberField("status", problem.status());
        json.writeStringField("detail", problem.detail());
        if (problem.field() != null) {
            json.writeStringField("field", problem.field());
        }
    }
}
