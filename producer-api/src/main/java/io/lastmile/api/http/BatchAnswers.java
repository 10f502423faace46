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
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The answers to a batch, written in the order of its messages while more of them are read: a line
 * each, or an element of an array. One thread adds, another one writes.
 */
final class BatchAnswers {
    private static final Logger LOG = LoggerFactory.getLogger(BatchAnswers.class);

    /** Of messages: one of many devices is as many. */
    private static final int WAITING_MAX = 4_096;

    private static final JsonFactory FACTORY = new JsonFactory();

    /** The answer to one message of the batch. */
    sealed interface Pending {
        /** How many messages it answers. */
        default int messages() {
            return 1;
        }

        /** It was not even tried. */
        record Refused(Problem problem) implements Pending {}

        /** It is on its way to each of its devices. */
        record Sent(boolean one, List<Sending> sendings) implements Pending {
            @Override
            public int messages() {
                return Math.clamp(sendings.size(), 1, WAITING_MAX);
            }
        }

        /** A device joins or leaves a channel. */
        record Changed(MemberChange change, Sending sending) implements Pending {}

        /** There are no more. */
        record End() implements Pending {}
    }

    /** One device's message, or its refusal. What is named and is no device id has no device. */
    record Sending(
            @Nullable DeviceId device,
            @Nullable CompletableFuture<SendResult> result,
            @Nullable Problem problem) {}

    private final BlockingQueue<Pending> waiting = new LinkedBlockingQueue<>();
    private final Semaphore room = new Semaphore(WAITING_MAX);
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
        room.acquire(pending.messages());
        waiting.put(pending);
    }

    /** Whether nobody reads the answers any more. */
    boolean isBroken() {
        return broken;
    }

    /** Writes until the end. */
    void write() {
        boolean isWhole = false;
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
                room.release(next.messages());
                if (lines) {
                    json.writeRaw('\n');
                }
            }
            if (!lines) {
                json.writeEndArray();
            }
            isWhole = true;
        } catch (IOException e) {
            isWhole = false; // the peer has gone
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException | Error e) {
            LOG.atError().setCause(e).log("The answers to a batch failed by a bug");
        }
        if (!isWhole) {
            broken = true;
            drain();
        }
    }

    /** So that who adds is not held for ever. */
    private void drain() {
        room.release(WAITING_MAX); // that of the one that could not be written too
        try {
            Pending next = waiting.take();
            while (!(next instanceof Pending.End)) {
                room.release(next.messages());
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
            case Pending.Changed(var change, var sending) -> write(json, change, sending);
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
                    writeDevice(json, sending);
                    json.writeStringField(
                            "acceptedAt", Instant.ofEpochMilli(acceptedAtMs).toString());
                    return;
                }
                case SendResult.Failed failed ->
                        problem = PostMessage.problem(failed, "idempotencyKey");
            }
        }
        writeDevice(json, sending);
        if (problem != null) {
            write(json, problem);
        }
    }

    private void write(JsonGenerator json, MemberChange change, Sending sending)
            throws IOException {
        CompletableFuture<SendResult> begun = sending.result();
        Problem problem = sending.problem();
        if (begun != null) {
            if (!begun.isDone()) {
                json.flush();
            }
            switch (sender.await(begun)) {
                case SendResult.Accepted accepted -> {
                    change.write(json, accepted);
                    return;
                }
                case SendResult.Failed failed -> problem = MemberChange.problem(failed);
            }
        }
        writeDevice(json, sending);
        if (problem != null) {
            write(json, problem);
        }
    }

    private static void writeDevice(JsonGenerator json, Sending sending) throws IOException {
        if (sending.device() != null) {
            json.writeStringField("device", sending.device().value());
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
