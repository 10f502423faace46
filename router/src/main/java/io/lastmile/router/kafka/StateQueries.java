package io.lastmile.router.kafka;

import com.fasterxml.jackson.core.JsonGenerator;
import io.lastmile.node.Json;
import io.lastmile.node.Problem;
import io.lastmile.node.QueryAnswer;
import io.lastmile.router.heart.DeviceView;
import io.lastmile.router.heart.Write;
import io.lastmile.router.owner.OwnedPartition;
import io.lastmile.router.owner.OwnedPartitions;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.MemberSource;
import io.lastmile.wire.Message;
import io.lastmile.wire.MessageId;
import io.lastmile.wire.Partitions;
import io.lastmile.wire.record.MemberRecord;
import io.lastmile.wire.record.PresenceRecord;
import io.lastmile.wire.record.ReceiptRecord;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Answers what the API asks about devices and messages of the partitions owned here. */
public final class StateQueries {
    private static final long LOOK_MAX_MS = 2_000;
    private static final QueryAnswer NO_ID =
            problem(400, "message-id", "Value not allowed", MessageId.RULE);

    private final OwnedPartitions owned;
    private final RecentReceipts receipts;
    private final Bodies bodies;
    private final int partitions;

    /** Answers from what is owned, what was settled lately, and the log. */
    public StateQueries(
            OwnedPartitions owned, RecentReceipts receipts, Bodies bodies, int partitions) {
        this.owned = owned;
        this.receipts = receipts;
        this.bodies = bodies;
        this.partitions = partitions;
    }

    /**
     * What is known of a device; where {@code messages} follows, of its unsettled messages; and
     * where an id follows that, of this message.
     */
    public QueryAnswer devices(List<String> path) {
        boolean messages = path.size() > 1 && path.get(1).equals("messages");
        if (path.size() > 3 || (path.size() > 1 && !messages)) {
            return QueryAnswer.problem(Problem.noSuchPath(String.join("/", path)));
        }
        String text = path.getFirst();
        if (!DeviceId.isValid(text)) {
            return problem(400, "device-id", "Value not allowed", DeviceId.RULE);
        }
        DeviceId device = new DeviceId(text);
        int partition = Partitions.of(device, partitions);
        OwnedPartition mine = owned.find(partition);
        if (mine == null) {
            return notOwned(partition);
        }
        if (path.size() == 3) {
            return id(path.getLast()).map(id -> message(mine, device, id)).orElseGet(() -> NO_ID);
        }
        Optional<DeviceView> view = mine.device(device);
        return new QueryAnswer(200, messages ? messages(device, view) : about(device, view));
    }

    private String about(DeviceId device, Optional<DeviceView> view) {
        PresenceRecord presence = view.map(DeviceView::presence).orElse(null);
        int inbox = view.map(known -> known.unsettled().size()).orElse(0);
        Optional<ReceiptRecord> last = receipts.lastDelivered(device);
        return Json.object(json -> {
            json.writeStringField("device", device.value());
            json.writeBooleanField("online", presence != null);
            if (presence != null) {
                writePresence(json, presence);
            }
            json.writeNumberField("inboxMessages", inbox);
            writeChannels(json, view.map(DeviceView::channels).orElse(List.of()));
            if (last.isPresent()) {
                json.writeObjectFieldStart("lastDelivered");
                json.writeStringField("id", last.get().id().toString());
                json.writeStringField("settledAt", time(last.get().settledAtMs()));
                json.writeEndObject();
            }
        });
    }

    private static void writeChannels(JsonGenerator json, List<MemberRecord.Membership> channels)
            throws IOException {
        if (channels.isEmpty()) {
            return;
        }
        json.writeArrayFieldStart("channels");
        for (MemberRecord.Membership channel : channels) {
            json.writeStartObject();
            json.writeStringField("name", channel.channel().value());
            json.writeArrayFieldStart("sources");
            for (MemberSource source : channel.sources()) {
                json.writeString(source.toString());
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static String messages(DeviceId device, Optional<DeviceView> view) {
        return Json.object(json -> {
            json.writeStringField("device", device.value());
            json.writeArrayFieldStart("messages");
            for (DeviceView.MessageView message :
                    view.map(DeviceView::unsettled).orElse(List.of())) {
                json.writeStartObject();
                write(json, message);
                json.writeEndObject();
            }
            json.writeEndArray();
        });
    }

    private static void writePresence(JsonGenerator json, PresenceRecord presence)
            throws IOException {
        json.writeStringField("edge", presence.session().edge().node());
        json.writeStringField("session", presence.session().toString());
        json.writeStringField("since", time(presence.sinceMs()));
        json.writeStringField("transport", presence.transport().label());
    }

    /** What is known of a message, asked of the owner of the partition that its id names. */
    public QueryAnswer message(String text) {
        Optional<MessageId> parsed = id(text);
        if (parsed.isEmpty()) {
            return NO_ID;
        }
        MessageId id = parsed.get();
        OwnedPartition mine = owned.find(id.partition());
        if (mine == null) {
            return notOwned(id.partition());
        }
        Optional<String> settled = receipts.json(id);
        if (settled.isPresent()) {
            return new QueryAnswer(200, settled.get());
        }
        if (id.offset() >= mine.messagesPosition()) {
            return QueryAnswer.notReadYet("no message " + id + " has been read yet");
        }
        Optional<DeviceId> device = deviceOf(id);
        if (device.isEmpty()) {
            return unknown("message " + id + " is not in the log, or not any more");
        }
        OwnedPartition its = owned.find(Partitions.of(device.get(), partitions));
        return its == null // it was written to the wrong one
                ? QueryAnswer.ofDevice(device.get(), "message " + id + " was misplaced")
                : message(its, device.get(), id);
    }

    /** The owner of its device's partition knows: first what it has decided, then what it has. */
    private QueryAnswer message(OwnedPartition its, DeviceId device, MessageId id) {
        OwnedPartition.MessageState state = its.message(device, id);
        if (state.unsettled().isPresent()) {
            DeviceView.MessageView view = state.unsettled().get();
            return new QueryAnswer(200, Json.object(json -> write(json, view)));
        }
        if (state.settling().isPresent()) {
            return new QueryAnswer(200, settling(state.settling().get()));
        }
        // Committed since it was asked for first: receipts are known before hearts forget them.
        return receipts.json(id)
                .map(json -> new QueryAnswer(200, json))
                .orElseGet(() ->
                        state.isRead()
                                ? unknown("message " + id + " is settled: see receipts")
                                : QueryAnswer.notReadYet(
                                        "message " + id + " is being appended again"));
    }

    private static Optional<MessageId> id(String text) {
        try {
            return Optional.of(MessageId.parse(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** How it ends is nobody's to know before the transaction is committed that says so. */
    private static String settling(Write.Receipt decided) {
        ReceiptRecord receipt = decided.receipt();
        return Json.object(json -> {
            json.writeStringField("id", receipt.id().toString());
            json.writeStringField("device", decided.device().value());
            json.writeStringField("state", "settling");
            json.writeStringField("acceptedAt", time(receipt.acceptedAtMs()));
            json.writeStringField("routedAt", time(receipt.routedAtMs()));
            json.writeNumberField("sends", receipt.sends());
        });
    }

    /** Hearts know messages by device: the record itself says whose it is. */
    private Optional<DeviceId> deviceOf(MessageId id) {
        CompletableFuture<Optional<DeviceId>> answer = new CompletableFuture<>();
        bodies.load(
                id.partition(),
                id.offset(),
                message -> answer.complete(Optional.ofNullable(message).map(Message::device)));
        return answer.completeOnTimeout(Optional.empty(), LOOK_MAX_MS, TimeUnit.MILLISECONDS)
                .join();
    }

    private static void write(JsonGenerator json, DeviceView.MessageView view) throws IOException {
        json.writeStringField("id", view.facts().id().toString());
        json.writeStringField("device", view.device().value());
        json.writeStringField(
                "state", view.inFlight() ? "in-flight" : view.parked() ? "parked" : "waiting");
        json.writeStringField("acceptedAt", time(view.facts().acceptedAtMs()));
        json.writeStringField("routedAt", time(view.facts().routedAtMs()));
        json.writeStringField("expiresAt", time(view.facts().expiresAtMs()));
        json.writeNumberField("sends", view.facts().sends());
    }

    private static String time(long ms) {
        return Instant.ofEpochMilli(ms).toString();
    }

    static QueryAnswer notOwned(int partition) {
        return problem(
                421,
                "not-owner",
                "Not the owner",
                "partition " + partition + " is not owned by this router (now)");
    }

    private static QueryAnswer unknown(String detail) {
        return problem(404, "no-such-message", "No such message", detail);
    }

    private static QueryAnswer problem(int status, String type, String title, String detail) {
        return QueryAnswer.problem(Problem.of(status, type, title, detail));
    }
}
