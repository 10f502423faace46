package io.lastmile.api.http;

import io.lastmile.api.figures.FigureFeed;
import io.lastmile.node.HttpAnswer;
import io.lastmile.node.Problem;
import io.lastmile.node.Shares;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/**
 * {@code GET /v1/figures}: the figures of all nodes as server-sent events, those of the last
 * minutes at once and then new ones every second.
 */
public final class FigureStreams {
    private static final int STREAMS_MAX = 100;

    /** Within it a client that has gone is noticed. */
    private static final Duration SILENCE_MAX = Duration.ofSeconds(5);

    private final FigureFeed feed;
    private final Shares streams = new Shares(STREAMS_MAX);

    /** Streams of this feed. */
    public FigureStreams(FigureFeed feed) {
        this.feed = feed;
    }

    void handle(String caller, HttpAnswer answer) throws IOException {
        if (feed.isClosed() || !streams.take(caller, 1)) {
            answer.retryAfter(5);
            throw new RefusedException(
                    Problem.of(
                            503,
                            "streams",
                            "Too many streams",
                            "this caller has its share of the "
                                    + STREAMS_MAX
                                    + " streams of figures that may be open at once"));
        }
        try {
            stream(answer);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            streams.give(caller, 1);
        }
    }

    private void stream(HttpAnswer answer) throws IOException, InterruptedException {
        try (EventStream out = new EventStream(answer)) {
            out.write("retry: 2000\n\n");
            long sequence = 0;
            while (!feed.isClosed()) {
                List<FigureFeed.Gathered> gathered = feed.after(sequence, SILENCE_MAX);
                if (gathered.isEmpty()) {
                    out.write(":\n\n");
                    continue;
                }
                sequence = gathered.getLast().sequence();
                StringBuilder events = new StringBuilder();
                for (FigureFeed.Gathered one : gathered) {
                    events.append("event: figures\ndata: ").append(one.figures()).append("\n\n");
                }
                events.append("event: nodes\ndata: ").append(feed.nodes()).append("\n\n");
                out.write(events.toString());
            }
        }
    }
}
