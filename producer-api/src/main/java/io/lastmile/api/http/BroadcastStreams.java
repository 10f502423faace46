package io.lastmile.api.http;

import io.lastmile.api.http.OwnerQuestions.UnansweredException;
import io.lastmile.api.kafka.BroadcastLog.Known;
import io.lastmile.node.Clock;
import io.lastmile.node.HttpAnswer;
import io.lastmile.node.Problem;
import io.lastmile.node.Shares;
import io.lastmile.wire.BroadcastId;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * {@code GET /v1/broadcasts/{id}/events}: how a broadcast stands, as server-sent events whenever
 * that has changed, until it is complete. Who follows the same one shares the questions to owners.
 */
final class BroadcastStreams {
    private static final int STREAMS_MAX = 100;

    /** Not more often than that a second. */
    private static final Duration EVERY = Duration.ofMillis(250);

    /** Within it a client that has gone is noticed. */
    private static final Duration SILENCE_MAX = Duration.ofSeconds(10);

    private static final Duration UNANSWERED_PAUSE = Duration.ofSeconds(1);

    private final Broadcasts broadcasts;
    private final Clock clock;
    private final Shares streams = new Shares(STREAMS_MAX);
    private final Map<BroadcastId, Followed> followed = new ConcurrentHashMap<>();

    BroadcastStreams(Broadcasts broadcasts, Clock clock) {
        this.broadcasts = broadcasts;
        this.clock = clock;
    }

    void handle(Known known, String caller, HttpAnswer answer)
            throws IOException, UnansweredException {
        if (broadcasts.isClosed() || !streams.take(caller, 1)) {
            answer.retryAfter(5);
            throw new RefusedException(
                    Problem.of(
                            503,
                            "streams",
                            "Too many streams",
                            "this caller has its share of the "
                                    + STREAMS_MAX
                                    + " streams of broadcasts that may be open at once"));
        }
        Followed shared =
                followed.compute(
                        known.id(), (_, one) -> one == null ? new Followed(known) : one.joined());
        try {
            BroadcastCounts first = shared.now(); // an owner that is away is better said with 503
            stream(shared, first, answer);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            followed.computeIfPresent(known.id(), (_, one) -> one.left());
            streams.give(caller, 1);
        }
    }

    private void stream(Followed shared, BroadcastCounts first, HttpAnswer answer)
            throws IOException, InterruptedException {
        try (EventStream out = new EventStream(answer)) {
            out.write("retry: 2000\n\n");
            BroadcastCounts counts = first;
            String told = "";
            long writtenNs = clock.nanoTime();
            while (!broadcasts.isClosed()) {
                String json = counts.json();
                if (!json.equals(told)) {
                    out.write("event: broadcast\ndata: " + json + "\n\n");
                    told = json;
                    writtenNs = clock.nanoTime();
                }
                if (counts.isComplete()) {
                    return;
                }
                if (clock.nanoTime() - writtenNs > SILENCE_MAX.toNanos()) {
                    out.write(":\n\n");
                    writtenNs = clock.nanoTime();
                }
                Thread.sleep(EVERY);
                counts = next(shared, counts);
            }
        }
    }

    /** While an owner is away the counts stay as they were: another one takes its place. */
    private static BroadcastCounts next(Followed shared, BroadcastCounts before)
            throws InterruptedException {
        try {
            return shared.now();
        } catch (UnansweredException e) {
            Thread.sleep(UNANSWERED_PAUSE);
            return before;
        }
    }

    /** One broadcast, and how many follow it. */
    private final class Followed {
        private final Known known;
        private int followers = 1; // changed while its entry in the map is computed
        private @Nullable BroadcastCounts last; // guarded by this
        private long askedNs; // guarded by this

        Followed(Known known) {
            this.known = known;
        }

        Followed joined() {
            followers++;
            return this;
        }

        @Nullable Followed left() {
            followers--;
            return followers == 0 ? null : this;
        }

        /** How it stands, as of this quarter of a second. */
        synchronized BroadcastCounts now() throws UnansweredException {
            BroadcastCounts before = last;
            if (before != null && clock.nanoTime() - askedNs < EVERY.toNanos()) {
                return before;
            }
            BroadcastCounts counts =
                    before == null ? broadcasts.counts(known) : broadcasts.counts(before);
            last = counts;
            askedNs = clock.nanoTime();
            return counts;
        }
    }
}
