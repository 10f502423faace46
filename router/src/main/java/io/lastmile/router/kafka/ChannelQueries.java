package io.lastmile.router.kafka;

import com.fasterxml.jackson.core.JsonGenerator;
import io.lastmile.node.Json;
import io.lastmile.node.Problem;
import io.lastmile.node.QueryAnswer;
import io.lastmile.router.heart.BroadcastView;
import io.lastmile.router.heart.MemberView;
import io.lastmile.router.heart.PartitionHeart;
import io.lastmile.router.owner.OwnedPartition;
import io.lastmile.router.owner.OwnedPartitions;
import io.lastmile.wire.BroadcastId;
import io.lastmile.wire.ChannelName;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.Outcome;
import io.lastmile.wire.record.BroadcastFacts;
import io.lastmile.wire.record.BroadcastStateRecord;
import io.lastmile.wire.record.ReceiptRecord;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Answers what the API asks about channels and broadcasts in the partitions owned here. */
public final class ChannelQueries {
    private static final int LATEST_MAX = 50;
    private static final int PAGE_MAX = 10_000;
    private static final String WAITING = "waiting";

    private final OwnedPartitions owned;

    /** Answers from what is owned. */
    public ChannelQueries(OwnedPartitions owned) {
        this.owned = owned;
    }

    /** {@code <partition>}, or {@code <partition>/<channel>/<after>/<limit>}: its members. */
    public QueryAnswer channels(List<String> path) {
        try {
            OwnedPartition mine = owned.find(number(path, 0));
            if (mine == null) {
                return StateQueries.notOwned(number(path, 0));
            }
            if (path.size() == 1) {
                return new QueryAnswer(200, channels(mine));
            }
            ChannelName channel = new ChannelName(path.get(1));
            int after = number(path, 2);
            int limit = Math.clamp(number(path, 3), 1, PAGE_MAX);
            return new QueryAnswer(
                    200, page(mine.ask(heart -> heart.members(channel, after, limit)), limit));
        } catch (IllegalArgumentException e) {
            return refused(e);
        }
    }

    /**
     * {@code <partition>}: the latest; {@code <partition>/<id>}; {@code
     * <partition>/<id>/<outcome>/<after>/<limit>}: whom it is for.
     */
    public QueryAnswer broadcasts(List<String> path) {
        try {
            OwnedPartition mine = owned.find(number(path, 0));
            if (mine == null) {
                return StateQueries.notOwned(number(path, 0));
            }
            if (path.size() == 1) {
                return new QueryAnswer(200, latest(mine));
            }
            BroadcastId id = BroadcastId.parse(path.get(1));
            if (path.size() == 2) {
                return broadcast(mine, id);
            }
            Optional<Outcome> outcome = outcome(path.get(2));
            int after = number(path, 3);
            int limit = Math.clamp(number(path, 4), 1, PAGE_MAX);
            return new QueryAnswer(
                    200,
                    page(
                            mine.ask(
                                    heart -> heart.members(id, outcome.orElse(null), after, limit)),
                            limit));
        } catch (IllegalArgumentException e) {
            return refused(e);
        }
    }

    private static QueryAnswer refused(IllegalArgumentException e) {
        return QueryAnswer.problem(
                Problem.of(400, "path", "Value not allowed", String.valueOf(e.getMessage())));
    }

    private static int number(List<String> path, int at) {
        if (at >= path.size()) {
            throw new IllegalArgumentException("a number is missing behind the path");
        }
        return Integer.parseInt(path.get(at));
    }

    private static Optional<Outcome> outcome(String label) {
        if (label.equals(WAITING)) {
            return Optional.empty();
        }
        return Optional.of(
                Stream.of(Outcome.values())
                        .filter(outcome -> outcome.label().equals(label))
                        .findFirst()
                        .orElseThrow(() -> new IllegalArgumentException(label + " is no outcome")));
    }

    private static String channels(OwnedPartition mine) {
        var sizes = mine.ask(PartitionHeart::channels);
        return Json.object(json -> {
            json.writeNumberField("partition", mine.partition());
            json.writeArrayFieldStart("channels");
            for (var entry : sizes.entrySet()) {
                json.writeStartObject();
                json.writeStringField("name", entry.getKey().value());
                json.writeNumberField("members", entry.getValue());
                json.writeEndObject();
            }
            json.writeEndArray();
        });
    }

    private static String page(List<MemberView> members, int limit) {
        return Json.object(json -> {
            json.writeArrayFieldStart("members");
            for (MemberView member : members) {
                json.writeStartObject();
                json.writeNumberField("number", member.number());
                DeviceId device = member.device();
                json.writeStringField("device", device == null ? null : device.value());
                json.writeEndObject();
            }
            json.writeEndArray();
            if (members.size() < limit) {
                json.writeNullField("next");
            } else {
                json.writeNumberField("next", members.getLast().number());
            }
        });
    }

    private static String latest(OwnedPartition mine) {
        List<BroadcastView> latest = mine.ask(heart -> heart.broadcasts(LATEST_MAX));
        return Json.object(json -> {
            json.writeNumberField("partition", mine.partition());
            json.writeArrayFieldStart("broadcasts");
            for (BroadcastView view : latest) {
                json.writeStartObject();
                write(json, mine.partition(), view);
                json.writeEndObject();
            }
            json.writeEndArray();
        });
    }

    private static QueryAnswer broadcast(OwnedPartition mine, BroadcastId id) {
        Optional<BroadcastView> view = mine.ask(heart -> heart.broadcast(id));
        if (view.isPresent()) {
            return new QueryAnswer(
                    200, Json.object(json -> write(json, mine.partition(), view.get())));
        }
        boolean read = mine.ask(heart -> heart.hasCut(id));
        return new QueryAnswer(
                404,
                Json.object(json -> {
                    json.writeNumberField("partition", mine.partition());
                    json.writeBooleanField("read", read);
                }));
    }

    private static void write(JsonGenerator json, int partition, BroadcastView view)
            throws IOException {
        BroadcastStateRecord state = view.state();
        BroadcastFacts facts = state.mark().facts();
        json.writeNumberField("partition", partition);
        json.writeStringField("id", facts.id().toString());
        json.writeBooleanField("read", true);
        json.writeStringField("mark", view.mark().toString());
        json.writeStringField("audience", facts.audience().text());
        json.writeStringField("acceptedAt", time(facts.acceptedAtMs()));
        json.writeStringField("routedAt", time(state.routedAtMs()));
        json.writeStringField("expiresAt", time(state.expiresAtMs()));
        json.writeStringField(
                "settledAt",
                state.settledAtMs() == ReceiptRecord.NEVER ? null : time(state.settledAtMs()));
        json.writeNumberField("membersAtMark", state.membersAtMark());
        json.writeNumberField(WAITING, view.waiting());
        json.writeNumberField("inFlight", view.inFlight());
        json.writeObjectFieldStart("byOutcome");
        for (Outcome outcome : Outcome.values()) {
            Integer count = state.countByOutcome().get(outcome);
            if (count != null) {
                json.writeNumberField(outcome.label(), count);
            }
        }
        json.writeEndObject();
        Outcome ending = state.ending();
        json.writeStringField("ending", ending == null ? null : ending.label());
    }

    private static String time(long ms) {
        return Instant.ofEpochMilli(ms).toString();
    }
}
