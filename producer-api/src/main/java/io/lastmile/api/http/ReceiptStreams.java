package io.lastmile.api.http;

import com.fasterxml.jackson.core.JsonGenerator;
import io.lastmile.api.kafka.ReceiptFeed;
import io.lastmile.api.kafka.ReceiptFeeds;
import io.lastmile.api.keys.Caller;
import io.lastmile.node.Clock;
import io.lastmile.node.HttpAnswer;
import io.lastmile.node.HttpRequest;
import io.lastmile.node.Json;
import io.lastmile.node.Problem;
import io.lastmile.node.Shares;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.Outcome;
import io.lastmile.wire.record.ReceiptRecord;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * {@code GET /v1/receipts}: receipts as server-sent events, for as long as the caller listens. The
 * id of an event names the place in every partition that the stream had come to, so that another
 * node can go on from there; events between two ids may come again then.
 */
public final class ReceiptStreams implements AutoCloseable {
    private static final String LAST_EVENT_ID = "Last-Event-ID";

    /** What stands in for browsers' own streams, to send a key with them, has it in the query. */
    private static final String LAST_EVENT_ID_IN_QUERY = "lastEventId";

    private static final Duration POLL = Duration.ofMillis(500);

    /** Within it a client that has gone is noticed, and a proxy sees that the stream lives. */
    private static final Duration SILENCE_MAX = Duration.ofSeconds(10);

    private final ReceiptFeeds feeds;
    private final Shares streams;
    private final Clock clock;
    private volatile boolean closed;

    /** What a stream shows. */
    private record Filter(Caller caller, @Nullable DeviceId device, Set<Outcome> outcomes) {
        boolean shows(ReceiptFeed.Read read) {
            return (device == null || device.equals(read.device()))
                    && caller.reaches(read.device())
                    && outcomes.contains(read.receipt().outcome());
        }
    }

    /** Streams of receipts, at most so many at once. */
    public ReceiptStreams(ReceiptFeeds feeds, int streamsMax, Clock clock) {
        this.feeds = feeds;
        this.clock = clock;
        streams = new Shares(streamsMax);
    }

    /** Streams that are open. */
    public int open() {
        return (int) streams.taken();
    }

    void handle(Caller caller, HttpRequest request, HttpAnswer answer) throws IOException {
        Filter filter = filter(caller, request);
        Map<Integer, Long> from = positions(request);
        String who = Admission.caller(caller, request);
        if (closed || !streams.take(who, 1)) {
            answer.retryAfter(5);
            throw new RefusedException(
                    Problem.of(
                            503,
                            "streams",
                            "Too many streams",
                            "this caller has its share of the "
                                    + streams.size()
                                    + " streams of receipts that may be open at once"
                                    + " (api.receipts.streams.max)"));
        }
        try {
            Optional<ReceiptFeed> feed = feeds.open(filter.device, from);
            if (feed.isEmpty()) {
                answer.retryAfter(1);
                throw new RefusedException(
                        Problem.of(
                                503,
                                "kafka-away",
                                "Kafka does not answer",
                                "receipts cannot be read right now"));
            }
            try (ReceiptFeed open = feed.get()) {
                stream(open, filter, answer);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            streams.give(who, 1);
        }
    }

    private void stream(ReceiptFeed feed, Filter filter, HttpAnswer answer)
            throws IOException, InterruptedException {
        try (EventStream out = new EventStream(answer)) {
            // The first id stands before the first event: who is cut off early misses nothing.
            out.write("retry: 2000\nid: " + EventId.of(feed.positions()) + "\n\n");
            long writtenNs = clock.nanoTime();
            while (!closed) {
                List<ReceiptFeed.Read> shown =
                        feed.poll(POLL).stream().filter(filter::shows).toList();
                if (!shown.isEmpty()) {
                    out.write(events(shown, feed.positions()));
                    writtenNs = clock.nanoTime();
                } else if (clock.nanoTime() - writtenNs > SILENCE_MAX.toNanos()) {
                    out.write(":\nid: " + EventId.of(feed.positions()) + "\n\n");
                    writtenNs = clock.nanoTime();
                }
            }
        }
    }

    private static String events(List<ReceiptFeed.Read> reads, Map<Integer, Long> positions) {
        StringBuilder events = new StringBuilder();
        for (int i = 0; i < reads.size(); i++) {
            if (i == reads.size() - 1) {
                events.append("id: ").append(EventId.of(positions)).append('\n');
            }
            events.append("event: receipt\ndata: ").append(json(reads.get(i))).append("\n\n");
        }
        return events.toString();
    }

    private static Filter filter(Caller caller, HttpRequest request) {
        DeviceId device = null;
        Set<Outcome> outcomes = EnumSet.noneOf(Outcome.class);
        Map<String, List<String>> query = request.query();
        for (String name : query.keySet()) {
            for (String value : query.getOrDefault(name, List.of())) {
                switch (name) {
                    case "device" -> {
                        if (!DeviceId.isValid(value) || device != null) {
                            throw RefusedException.field(
                                    "device-id", "device", "once, and " + DeviceId.RULE);
                        }
                        device = new DeviceId(value);
                    }
                    case "outcome" -> outcomes.add(outcome(value));
                    case LAST_EVENT_ID_IN_QUERY -> {
                        // Read where the stream begins.
                    }
                    default ->
                            throw RefusedException.field(
                                    "query", name, "known are device, outcome and lastEventId");
                }
            }
        }
        return new Filter(
                caller, device, outcomes.isEmpty() ? EnumSet.allOf(Outcome.class) : outcomes);
    }

    private static Outcome outcome(String label) {
        return Arrays.stream(Outcome.values())
                .filter(outcome -> outcome.label().equals(label))
                .findFirst()
                .orElseThrow(() ->
                        RefusedException.field(
                                "outcome",
                                "outcome",
                                Arrays.stream(Outcome.values())
                                        .map(Outcome::label)
                                        .collect(Collectors.joining(", ", "one of ", ""))));
    }

    private Map<Integer, Long> positions(HttpRequest request) {
        String header = request.header(LAST_EVENT_ID).strip();
        // A browser goes on with the header, though the address has what it began with.
        String id = header.isEmpty() ? request.query(LAST_EVENT_ID_IN_QUERY) : header;
        try {
            return EventId.parse(id, feeds.partitions());
        } catch (IllegalArgumentException e) {
            throw notAnId();
        }
    }

    private static RefusedException notAnId() {
        return RefusedException.field(
                "last-event-id", "Last-Event-ID", "the id of an event of this stream");
    }

    private static String json(ReceiptFeed.Read read) {
        ReceiptRecord receipt = read.receipt();
        return Json.object(json -> {
            json.writeStringField("id", receipt.id().toString());
            json.writeStringField("device", read.device().value());
            json.writeStringField("outcome", receipt.outcome().label());
            if (receipt.session() != null) {
                json.writeStringField("edge", receipt.session().edge().node());
                json.writeStringField("session", receipt.session().toString());
            }
            time(json, "acceptedAt", receipt.acceptedAtMs());
            time(json, "routedAt", receipt.routedAtMs());
            time(json, "sentAt", receipt.sentAtMs());
            time(json, "acknowledgedAt", receipt.acknowledgedAtMs());
            time(json, "settledAt", receipt.settledAtMs());
            json.writeNumberField("sends", receipt.sends());
            if (!receipt.detail().isEmpty()) {
                json.writeStringField("detail", receipt.detail());
            }
            if (receipt.replayOf() != null) {
                json.writeStringField("replayOf", receipt.replayOf().toString());
            }
            if (receipt.broadcast() != null) {
                json.writeStringField("broadcast", receipt.broadcast().toString());
            }
        });
    }

    private static void time(JsonGenerator json, String name, long ms) throws IOException {
        if (ms != ReceiptRecord.NEVER) {
            json.writeStringField(name, Instant.ofEpochMilli(ms).toString());
        }
    }

    /** Ends the streams that are open, within a moment, and opens none. */
    @Override
    public void close() {
        closed = true;
    }
}
