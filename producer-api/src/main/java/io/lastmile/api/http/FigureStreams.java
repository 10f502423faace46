package io.lastmile.api.http;

import io.lastmile.api.figures.FigureFeed;
import io.lastmile.node.HttpAnswer;
import io.lastmile.node.Problem;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;

/**
 * {@code GET /v1/figures}: the figures of all nodes as server-sent events, those of the last
 * minutes at once and then new ones every second.
 */
public final class FigureStreams {
    private static final int STREAMS_MAX = 100;

    /** Within it a client that has gone is noticed. */
    private static final Duration SILENCE_MAX = Duration.ofSeconds(5);

    private final FigureFeed feed;
    private final Semaphore free = new Semaphore(STREAMS_MAX);

    /** Streams of this feed. */
    public FigureStreams(FigureFeed feed) {
        this.feed = feed;
    }

    void handle(HttpAnswer answer) throws IOException {
        if (feed.isClosed() || !free.tryAcquire()) {
            answer.retryAfter(5);
            throw new RefusedException(
                    Problem.of(
                            503,
                            "streams",
                            "Too many streams",
                            "at most " + STREAMS_MAX + " streams of figures are open at once"));
        }
        try {
            stream(answer);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            free.release();
        }
    }

    private void stream(HttpAnswer answer) throws IOException, InterruptedException {
        answer.status(200).type("text/event-stream").header("Cache-Control", "no-store");
        try (OutputStream out = answer.stream()) {
            write(out, "retry: 2000\n\n");
            long sequence = 0;
            while (!feed.isClosed()) {
                List<FigureFeed.Gathered> gathered = feed.after(sequence, SILENCE_MAX);
                if (gathered.isEmpty()) {
                    write(out, ":\n\n");
                    continue;
                }
                sequence = gathered.getLast().sequence();
                StringBuilder events = new StringBuilder();
                for (FigureFeed.Gathered one : gathered) {
                    events.append("event: figures\ndata: ").append(one.figures()).append("\n\n");
                }
                events.append("event: nodes\ndata: ").append(feed.nodes()).append("\n\n");
                write(out, events.toString());
            }
        }
    }

    private static void write(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
        out.flush();
    }
}
