package io.lastmile.api.http;

import com.fasterxml.jackson.core.JsonGenerator;
import io.lastmile.api.kafka.BroadcastLog.Known;
import io.lastmile.node.Json;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;

/**
 * How a broadcast stands: the sums over its partitions.
 *
 * @param shares what the owner of each partition says
 */
record BroadcastCounts(Known known, List<BroadcastShare> shares) {
    BroadcastCounts {
        shares = List.copyOf(shares);
    }

    /** Whether every partition has come past it, and it is settled in each. */
    boolean isComplete() {
        return shares.stream().allMatch(BroadcastShare::isSettled);
    }

    /** The sums, for one who follows them. */
    String json() {
        return Json.object(this::write);
    }

    /** The sums, and what they are sums of. */
    String jsonWithPartitions() {
        return Json.object(json -> {
            write(json);
            json.writeArrayFieldStart("partitions");
            for (BroadcastShare share : shares) {
                if (share.hasMembers() || !share.isRead()) {
                    share.write(json);
                }
            }
            json.writeEndArray();
        });
    }

    private void write(JsonGenerator json) throws IOException {
        writeSums(json);
        if (isComplete()) {
            writeLast(json, "settledAt");
        }
        json.writeNumberField(
                "unreadPartitions", shares.stream().filter(share -> !share.isRead()).count());
        json.writeBooleanField("complete", isComplete());
    }

    /** What can be said though not every partition was heard of. */
    void writeSums(JsonGenerator json) throws IOException {
        json.writeStringField("id", known.id().toString());
        json.writeStringField("audience", known.audience().text());
        json.writeStringField("acceptedAt", Instant.ofEpochMilli(known.acceptedAtMs()).toString());
        writeLast(json, "expiresAt");
        json.writeNumberField("membersAtMark", sum(BroadcastShare::membersAtMark));
        Map<String, Long> byOutcome = new TreeMap<>();
        shares.forEach(share ->
                share.byOutcome()
                        .forEach((outcome, count) -> byOutcome.merge(outcome, count, Long::sum)));
        write(json, byOutcome);
        json.writeNumberField("waiting", sum(BroadcastShare::waiting));
        json.writeNumberField("inFlight", sum(BroadcastShare::inFlight));
        Instant started = times("routedAt").min(Instant::compareTo).orElse(null);
        if (started != null) {
            json.writeStringField("startedAt", started.toString());
        }
        String ending =
                shares.stream()
                        .flatMap(share -> Stream.ofNullable(share.ending()))
                        .findFirst()
                        .orElse(null);
        if (ending != null) {
            json.writeStringField("ending", ending);
        }
    }

    static void write(JsonGenerator json, Map<String, Long> byOutcome) throws IOException {
        json.writeObjectFieldStart("byOutcome");
        for (Map.Entry<String, Long> outcome : byOutcome.entrySet()) {
            json.writeNumberField(outcome.getKey(), outcome.getValue());
        }
        json.writeEndObject();
    }

    private void writeLast(JsonGenerator json, String name) throws IOException {
        Instant last = times(name).max(Instant::compareTo).orElse(null);
        if (last != null) {
            json.writeStringField(name, last.toString());
        }
    }

    private long sum(ToLongFunction<BroadcastShare> count) {
        return shares.stream().mapToLong(count).sum();
    }

    private Stream<Instant> times(String name) {
        return shares.stream().flatMap(share -> Stream.ofNullable(share.time(name)));
    }
}
