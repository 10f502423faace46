package io.lastmile.api.http;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.lastmile.api.http.BatchAnswers.Pending;
import io.lastmile.api.http.BatchAnswers.Sending;
import io.lastmile.api.http.Batches.Poster;
import io.lastmile.api.kafka.MessageSender;
import io.lastmile.api.kafka.SendResult;
import io.lastmile.api.keys.Caller;
import io.lastmile.node.Clock;
import io.lastmile.node.HttpAnswer;
import io.lastmile.node.HttpRequest;
import io.lastmile.node.Json;
import io.lastmile.node.Problem;
import io.lastmile.node.Shares;
import io.lastmile.wire.ChannelName;
import io.lastmile.wire.DeviceId;
import java.io.IOException;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * {@code PUT} and {@code DELETE /v1/channels/{channel}/devices/{device}}, and {@code POST
 * /v1/channels/{channel}/devices} for many in a {@linkplain Batches batch}: a record in messages
 * that says who joins or leaves. Accepted once Kafka has it; it counts for what comes behind it.
 */
final class Members {
    private static final int LINE_BYTES_MAX = 4 << 10;
    private static final Problem TOO_LONG =
            Problem.of(
                    413,
                    "payload-too-large",
                    "Payload too large",
                    "a device that joins or leaves is told of in at most "
                            + LINE_BYTES_MAX
                            + " bytes");

    private final MessageSender sender;
    private final Access access;
    private final BatchSender toKafka;
    private final Batches batches;

    /**
     * Changes that are made by this sender.
     *
     * @param toKafka the way of those in batches, which wait there for room
     */
    Members(MessageSender sender, Access access, Shares bodies, BatchSender toKafka, Clock clock) {
        this.sender = sender;
        this.access = access;
        this.toKafka = toKafka;
        batches =
                new Batches(
                        sender,
                        access,
                        bodies,
                        new Batches.Kind(Route.POST_MEMBERS, LINE_BYTES_MAX, TOO_LONG),
                        clock);
    }

    /** Makes one change. */
    void change(MemberChange change, HttpAnswer answer) {
        answer.when(
                sender.begin(change.message()),
                result -> {
                    switch (result) {
                        case SendResult.Accepted accepted ->
                                answer.sendJson(
                                        202, Json.object(json -> change.write(json, accepted)));
                        case SendResult.Failed failed -> {
                            Problem problem = MemberChange.problem(failed);
                            if (problem.status() == 503) {
                                answer.retryAfter(1);
                            }
                            answer.send(problem);
                        }
                    }
                });
    }

    /** Makes many, of one channel. */
    void changes(ChannelName channel, Caller caller, HttpRequest request, HttpAnswer answer)
            throws IOException {
        batches.handle(
                caller,
                request,
                answer,
                (poster, text, from, to) -> begin(poster, read(channel, text, from, to)));
    }

    private Pending begin(Poster poster, MemberChange change) throws InterruptedException {
        Optional<Problem> refusal = access.refusal(poster.caller(), change.device());
        if (refusal.isPresent()) {
            return new Pending.Changed(
                    change, new Sending(change.device(), null, poster.refused(refusal.get())));
        }
        CompletableFuture<SendResult> begun = toKafka.begin(poster.who(), change.message());
        return new Pending.Changed(
                change,
                new Sending(change.device(), begun, begun == null ? Batches.noRoom() : null));
    }

    /**
     * One device, as a JSON object names it.
     *
     * @throws RefusedException naming the field and what is allowed
     */
    static MemberChange read(ChannelName channel, byte[] text, int from, int to) {
        Set<String> seen = new HashSet<>();
        String device = null;
        boolean leaves = false;
        int begin = JsonText.begin(text, from, to);
        try (JsonParser parser = JsonText.parser(text, begin, to)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw JsonText.notJson("an object is expected");
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                if (!seen.add(name)) {
                    throw RefusedException.field("json", name, "at most once");
                }
                JsonToken value = parser.nextToken();
                switch (name) {
                    case "device" -> device = JsonText.string(parser, name);
                    case "leave" -> leaves = flag(value);
                    default ->
                            throw RefusedException.field(
                                    "json", name, "unknown; there are device and leave");
                }
            }
            if (parser.nextToken() != null) {
                throw JsonText.notJson("nothing may follow the object");
            }
        } catch (IOException e) {
            throw JsonText.refused(e, "this is no JSON object in UTF-8", text, from, to);
        }
        return new MemberChange(channel, device(device), leaves);
    }

    private static boolean flag(JsonToken value) {
        return switch (value) {
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            default -> throw RefusedException.field("json", "leave", "true or false");
        };
    }

    private static DeviceId device(@Nullable String text) {
        if (text == null) {
            throw RefusedException.field("device-id", "device", "has to be there");
        }
        if (!DeviceId.isValid(text)) {
            throw RefusedException.device("device", text);
        }
        return new DeviceId(text);
    }
}
