package io.lastmile.api.http;

import io.lastmile.api.http.BatchAnswers.Pending;
import io.lastmile.api.kafka.MessageSender;
import io.lastmile.api.keys.Caller;
import io.lastmile.node.Clock;
import io.lastmile.node.HttpAnswer;
import io.lastmile.node.HttpRequest;
import io.lastmile.node.Problem;
import io.lastmile.node.RequestFailure;
import io.lastmile.node.Shares;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Bodies of many JSON objects: as lines, of any number and answered while they come, or as one
 * array. Each is answered in its place: a bad one does not spoil the others.
 */
final class Batches {
    private static final Logger LOG = LoggerFactory.getLogger(Batches.class);

    /** The longest array with all that is in it; more goes as lines. */
    static final int ARRAY_BYTES_MAX = 4 << 20;

    /** Of a stream of which so many lines in a row are not understood nothing more is read. */
    static final int REFUSED_MAX = 10_000;

    private final MessageSender sender;
    private final Access access;
    private final Shares bodies;
    private final Kind kind;
    private final Clock clock;

    /**
     * What kind of batches they are.
     *
     * @param route as the log calls it
     * @param tooLong the answer to a longer line
     */
    record Kind(Route route, int lineBytesMax, Problem tooLong) {}

    /** What becomes of one object. */
    @FunctionalInterface
    interface Element {
        /** Reads it, from there to there, and hands over what it asks for; may wait for room. */
        Pending begin(Poster poster, byte[] text, int from, int to) throws InterruptedException;
    }

    /**
     * Batches.
     *
     * @param bodies room for what has come of them; refused beyond it
     */
    Batches(MessageSender sender, Access access, Shares bodies, Kind kind, Clock clock) {
        this.sender = sender;
        this.access = access;
        this.bodies = bodies;
        this.kind = kind;
        this.clock = clock;
    }

    void handle(Caller caller, HttpRequest request, HttpAnswer answer, Element element)
            throws IOException {
        switch (MediaType.of(request)) {
            case "application/x-ndjson", "application/ndjson", "application/jsonl" ->
                    lines(caller, request, answer, element);
            case "application/json" -> array(caller, request, answer, element);
            default ->
                    throw new RefusedException(
                            new Problem(
                                    415,
                                    "content-type",
                                    "Content type not understood",
                                    "Content-Type: application/x-ndjson (a JSON object a line) or"
                                            + " application/json (an array of them)",
                                    "Content-Type"));
        }
    }

    private void lines(Caller caller, HttpRequest request, HttpAnswer answer, Element element)
            throws IOException {
        // A proxy that gathers would hold the answers back from who waits for each.
        answer.status(200).type("application/x-ndjson").header("X-Accel-Buffering", "no");
        if (!request.hasBody()) {
            answer.send(new byte[0]);
            return;
        }
        Poster poster = Poster.of(caller, request);
        Held held = new Held(bodies, poster.who, 0);
        try {
            lines(poster, request, held, answer, element);
        } finally {
            held.giveBack();
            log(poster, request);
        }
    }

    /** One line for a batch: its messages may be millions. */
    private void log(Poster poster, HttpRequest request) {
        poster.refusedByReason.forEach((reason, count) ->
                access.logRefused(poster.caller, kind.route, request, reason, count));
    }

    private void lines(
            Poster poster, HttpRequest request, Held held, HttpAnswer answer, Element element)
            throws IOException {
        Lines lines = new Lines(request.body(), kind.lineBytesMax, held);
        answer(answer, true, answers -> read(lines, poster, element, answers));
    }

    private void read(Lines lines, Poster poster, Element element, BatchAnswers answers)
            throws IOException, InterruptedException {
        int refused = 0; // without one in between that was understood
        Lines.Next next = lines.next();
        while (next != Lines.Next.END && !answers.isBroken()) {
            if (next != Lines.Next.LINE || !lines.isBlank()) {
                Pending pending = begin(poster, lines, next, element);
                answers.add(pending);
                refused = pending instanceof Pending.Refused ? refused + 1 : 0;
            }
            if (refused == REFUSED_MAX) {
                answers.add(new Pending.Refused(nothingUnderstood()));
                return;
            }
            next = lines.next();
        }
    }

    private Pending begin(Poster poster, Lines lines, Lines.Next next, Element element)
            throws InterruptedException {
        return switch (next) {
            case TOO_LONG -> new Pending.Refused(kind.tooLong);
            case NO_ROOM -> new Pending.Refused(Body.busy());
            default -> begin(poster, lines.buffer(), lines.from(), lines.to(), element);
        };
    }

    /** Refusing costs this node more than sending costs whoever packs a million bad lines. */
    private static Problem nothingUnderstood() {
        return Problem.of(
                400,
                "not-understood",
                "Nothing understood",
                REFUSED_MAX + " lines in a row were not understood; the rest is not read");
    }

    private void array(Caller caller, HttpRequest request, HttpAnswer answer, Element element)
            throws IOException {
        Poster poster = Poster.of(caller, request);
        Held held = new Held(bodies, poster.who, 0);
        try {
            byte[] text = Body.read(request, ARRAY_BYTES_MAX, held, clock).bytes();
            int[] bounds = BatchMessage.elements(text);
            answer.status(200).type("application/json");
            answer(
                    answer,
                    false,
                    answers -> {
                        for (int i = 0; i < bounds.length && !answers.isBroken(); i += 2) {
                            answers.add(begin(poster, text, bounds[i], bounds[i + 1], element));
                        }
                    });
        } finally {
            held.giveBack();
            log(poster, request);
        }
    }

    /** Who posts a batch, and how much of it he may not send, by reason. */
    record Poster(Caller caller, String who, Map<String, Integer> refusedByReason) {
        static Poster of(Caller caller, HttpRequest request) {
            return new Poster(caller, Admission.caller(caller, request), new TreeMap<>());
        }

        Problem refused(Problem why) {
            refusedByReason.merge(why.type(), 1, Integer::sum);
            return why;
        }
    }

    /** Hands messages over and adds what is to be answered. */
    @FunctionalInterface
    private interface Reading {
        void into(BatchAnswers answers) throws IOException, InterruptedException;
    }

    private void answer(HttpAnswer answer, boolean lines, Reading reading) throws IOException {
        OutputStream out = answer.stream();
        BatchAnswers answers = new BatchAnswers(sender, out, lines);
        Thread writer = Thread.ofVirtual().name("api-batch-answers").start(answers::write);
        try {
            try {
                reading.into(answers);
            } catch (IOException | RuntimeException e) {
                Problem problem = RequestFailure.of(e);
                if (problem != null) {
                    answers.add(new Pending.Refused(problem));
                }
                throw e;
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
        out.close(); // only here: what ended otherwise has to look like that
    }

    private static Pending begin(Poster poster, byte[] text, int from, int to, Element element)
            throws InterruptedException {
        try {
            return element.begin(poster, text, from, to);
        } catch (RefusedException refused) {
            return new Pending.Refused(refused.problem());
        } catch (RuntimeException e) {
            return new Pending.Refused(bug(e));
        }
    }

    /** Has to be an answer: what has none might pass for taken. */
    static Problem bug(RuntimeException e) {
        LOG.atError().setCause(e).log("A part of a batch failed by a bug");
        return RequestFailure.internal();
    }

    static Problem noRoom() {
        return Problem.of(
                503,
                "busy",
                "Busy",
                "Kafka takes messages too slowly for all that are posted; the message was not taken");
    }
}
