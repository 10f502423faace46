package io.lastmile.api.http;

import io.lastmile.api.http.OwnerQuestions.Said;
import io.lastmile.api.http.OwnerQuestions.UnansweredException;
import io.lastmile.api.kafka.BroadcastLog.Known;
import io.lastmile.api.keys.Caller;
import io.lastmile.node.HttpAnswer;
import io.lastmile.node.HttpRequest;
import io.lastmile.node.Json;
import io.lastmile.node.JsonTree;
import io.lastmile.wire.Audience;
import io.lastmile.wire.BroadcastId;
import io.lastmile.wire.ChannelName;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.Outcome;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** All that concerns channels and broadcasts: who may, and who answers. */
final class ChannelPages {
    private static final String OUTCOME = "outcome";
    private static final List<String> STATES =
            Stream.concat(
                            Stream.of("waiting", "in-flight"),
                            Arrays.stream(Outcome.values()).map(Outcome::label))
                    .toList();

    private final Access access;
    private final Members members;
    private final PostBroadcast post;
    private final Broadcasts broadcasts;
    private final OwnerQuestions owners;
    private final BroadcastStreams streams;

    ChannelPages(
            Access access,
            Members members,
            PostBroadcast post,
            Broadcasts broadcasts,
            BroadcastStreams streams) {
        this.access = access;
        this.members = members;
        this.post = post;
        this.broadcasts = broadcasts;
        owners = broadcasts.owners();
        this.streams = streams;
    }

    void handle(
            Route route, List<String> path, Caller caller, HttpRequest request, HttpAnswer answer)
            throws IOException {
        try {
            if (route.template().startsWith("/v1/channels")) {
                channels(route, path, caller, request, answer);
            } else {
                broadcasts(route, path, caller, request, answer);
            }
        } catch (UnansweredException e) {
            StateQueries.send(answer, e.answer());
        }
    }

    private void channels(
            Route route, List<String> path, Caller caller, HttpRequest request, HttpAnswer answer)
            throws IOException, UnansweredException {
        if (route == Route.CHANNELS) {
            list(caller, request, answer);
            return;
        }
        ChannelName channel = channel(path.get(2));
        Audience audience = Audience.of(channel);
        access.check(caller, audience, route, request);
        switch (route) {
            case CHANNEL -> count(channel, answer);
            case CHANNEL_DEVICES -> devices(channel, caller, request, answer);
            case POST_MEMBERS -> members.changes(channel, caller, request, answer);
            case POST_TO_CHANNEL ->
                    post.post(audience, Admission.caller(caller, request), request, answer);
            default -> {
                DeviceId device = device(path.get(4));
                access.check(caller, device, route, request);
                members.change(
                        new MemberChange(channel, device, route == Route.LEAVE_CHANNEL), answer);
            }
        }
    }

    private void broadcasts(
            Route route, List<String> path, Caller caller, HttpRequest request, HttpAnswer answer)
            throws IOException, UnansweredException {
        String who = Admission.caller(caller, request);
        switch (route) {
            case POST_BROADCAST -> {
                Audience audience = BroadcastRequest.condition(request);
                access.check(caller, audience, route, request);
                post.post(audience, who, request, answer);
            }
            case BROADCASTS -> latest(caller, answer);
            case CANCEL_BROADCAST -> {
                // Not asked of owners: it has to work also where some of them are away.
                Known known =
                        broadcasts
                                .inLog(broadcast(path.get(2)), who, answer)
                                .orElseThrow(() -> new RefusedException(Access.NO_SUCH_BROADCAST));
                access.checkBroadcast(caller, known.audience(), route, request);
                post.cancel(known, answer);
            }
            default -> {
                Known known = broadcasts.known(broadcast(path.get(2)), who, answer);
                access.checkBroadcast(caller, known.audience(), route, request);
                broadcast(route, known, caller, request, answer);
            }
        }
    }

    private void broadcast(
            Route route, Known known, Caller caller, HttpRequest request, HttpAnswer answer)
            throws IOException, UnansweredException {
        switch (route) {
            case BROADCAST -> answer.sendJson(200, broadcasts.counts(known).jsonWithPartitions());
            case BROADCAST_DEVICES -> copies(known, caller, request, answer);
            default -> {
                if (!ApiHttp.isHeadOfStream(request, answer)) {
                    streams.handle(known, Admission.caller(caller, request), answer);
                }
            }
        }
    }

    private void list(Caller caller, HttpRequest request, HttpAnswer answer)
            throws UnansweredException {
        Paging paging = Paging.of(request, List.of());
        TreeMap<String, Long> membersByName = new TreeMap<>();
        for (Said said : owners.ask(owners.partitions(), p -> "/state/channels/" + p)) {
            for (JsonTree channel : said.body().objects("channels")) {
                String name = channel.text("name");
                if (name != null
                        && ChannelName.isValid(name)
                        && caller.reaches(new ChannelName(name))) {
                    membersByName.merge(name, channel.number("members", 0), Long::sum);
                }
            }
        }
        List<Map.Entry<String, Long>> some =
                membersByName.tailMap(paging.after(), false).entrySet().stream()
                        .limit(paging.limit())
                        .toList();
        answer.sendJson(
                200,
                Json.object(json -> {
                    json.writeArrayFieldStart("channels");
                    for (Map.Entry<String, Long> one : some) {
                        json.writeStartObject();
                        json.writeStringField("name", one.getKey());
                        json.writeNumberField("members", one.getValue());
                        json.writeEndObject();
                    }
                    json.writeEndArray();
                    if (!some.isEmpty()
                            && !some.getLast().getKey().equals(membersByName.lastKey())) {
                        json.writeStringField("next", some.getLast().getKey());
                    }
                }));
    }

    private void count(ChannelName channel, HttpAnswer answer) throws UnansweredException {
        Map<Integer, Long> membersByPartition = new TreeMap<>();
        for (Said said : owners.ask(owners.partitions(), p -> "/state/channels/" + p)) {
            for (JsonTree one : said.body().objects("channels")) {
                if (channel.value().equals(one.text("name"))) {
                    membersByPartition.put(said.partition(), one.number("members", 0));
                }
            }
        }
        long all = membersByPartition.values().stream().mapToLong(Long::longValue).sum();
        answer.sendJson(
                200,
                Json.object(json -> {
                    json.writeStringField("name", channel.value());
                    json.writeNumberField("members", all);
                    json.writeArrayFieldStart("partitions");
                    for (Map.Entry<Integer, Long> one : membersByPartition.entrySet()) {
                        json.writeStartObject();
                        json.writeNumberField("partition", one.getKey());
                        json.writeNumberField("members", one.getValue());
                        json.writeEndObject();
                    }
                    json.writeEndArray();
                }));
    }

    private void devices(ChannelName channel, Caller caller, HttpRequest request, HttpAnswer answer)
            throws UnansweredException {
        MemberList list =
                MemberList.read(
                        owners,
                        Paging.of(request, List.of()),
                        (p, after, limit) ->
                                "/state/channels/%d/%s/%d/%d".formatted(p, channel, after, limit));
        answer.sendJson(
                200,
                Json.object(json -> {
                    json.writeStringField("channel", channel.value());
                    list.write(json, caller);
                }));
    }

    private void copies(Known known, Caller caller, HttpRequest request, HttpAnswer answer)
            throws UnansweredException {
        Paging paging = Paging.of(request, List.of(OUTCOME));
        String state = request.query(OUTCOME);
        if (!STATES.contains(state)) {
            throw RefusedException.field(
                    OUTCOME,
                    OUTCOME,
                    STATES.stream().collect(Collectors.joining(", ", "one of ", "")));
        }
        MemberList list =
                MemberList.read(
                        owners,
                        paging,
                        (p, after, limit) ->
                                "/state/broadcasts/%d/%s/%s/%d/%d"
                                        .formatted(p, known.id(), state, after, limit));
        answer.sendJson(
                200,
                Json.object(json -> {
                    json.writeStringField("id", known.id().toString());
                    json.writeStringField(OUTCOME, state);
                    list.write(json, caller);
                }));
    }

    private void latest(Caller caller, HttpAnswer answer) throws UnansweredException {
        List<BroadcastCounts> shown = new ArrayList<>(broadcasts.latest());
        shown.removeIf(one -> !caller.reaches(one.known().audience()));
        answer.sendJson(
                200,
                Json.object(json -> {
                    json.writeArrayFieldStart("broadcasts");
                    for (BroadcastCounts one : shown) {
                        json.writeStartObject();
                        one.writeSums(json);
                        json.writeEndObject();
                    }
                    json.writeEndArray();
                }));
    }

    private static ChannelName channel(String text) {
        if (!ChannelName.isValid(text)) {
            throw RefusedException.field("channel", "channel", ChannelName.RULE);
        }
        return new ChannelName(text);
    }

    private static DeviceId device(String text) {
        if (!DeviceId.isValid(text)) {
            throw RefusedException.field("device-id", "device", DeviceId.RULE);
        }
        return new DeviceId(text);
    }

    private static BroadcastId broadcast(String text) {
        try {
            return BroadcastId.parse(text);
        } catch (IllegalArgumentException e) {
            throw RefusedException.field("broadcast-id", "id", BroadcastId.RULE);
        }
    }
}
