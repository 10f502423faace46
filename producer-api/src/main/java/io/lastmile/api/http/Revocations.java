package io.lastmile.api.http;

import io.lastmile.api.kafka.MessageSender;
import io.lastmile.api.kafka.SendResult;
import io.lastmile.api.keys.Caller;
import io.lastmile.node.Clock;
import io.lastmile.node.HttpAnswer;
import io.lastmile.node.HttpRequest;
import io.lastmile.node.Json;
import io.lastmile.node.Problem;
import io.lastmile.node.QueryAnswer;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.record.RevocationRecord;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.IntSupplier;

/**
 * Devices that are disconnected, and those that may not connect again: {@code
 * /v1/devices/{device}/revocation} and {@code /v1/devices/{device}/disconnect}. 202 once Kafka has
 * it; edges act on it within moments.
 */
public final class Revocations {
    private final MessageSender sender;
    private final Function<DeviceId, Optional<RevocationRecord>> known;
    private final IntSupplier count;
    private final int devicesMax;
    private final Clock clock;

    /**
     * On what is known.
     *
     * @param count of those who are revoked
     * @param devicesMax who may be revoked at once: every edge keeps all of them
     */
    public Revocations(
            MessageSender sender,
            Function<DeviceId, Optional<RevocationRecord>> known,
            IntSupplier count,
            int devicesMax,
            Clock clock) {
        this.sender = sender;
        this.known = known;
        this.count = count;
        this.devicesMax = devicesMax;
        this.clock = clock;
    }

    /** Answers one of the four routes. */
    void handle(
            Route route, DeviceId device, Caller caller, HttpRequest request, HttpAnswer answer) {
        switch (route) {
            case REVOKE -> revoke(device, caller, request, answer);
            case ALLOW -> allow(device, answer);
            case DISCONNECT -> disconnect(device, caller, request, answer);
            default -> show(device, answer);
        }
    }

    /** Says whether and why it may not connect. */
    private void show(DeviceId device, HttpAnswer answer) {
        Optional<RevocationRecord> revocation = known.apply(device);
        answer.sendJson(
                200,
                Json.object(json -> {
                    json.writeStringField("device", device.value());
                    json.writeBooleanField("revoked", revocation.isPresent());
                    if (revocation.isPresent()) {
                        RevocationRecord record = revocation.get();
                        json.writeStringField("at", Instant.ofEpochMilli(record.atMs()).toString());
                        json.writeStringField("by", record.by());
                        json.writeStringField("reason", record.reason());
                    }
                }));
    }

    /** What is known of a device, and that it may not connect where that is so. */
    QueryAnswer toldWith(QueryAnswer device, DeviceId id) {
        Optional<RevocationRecord> revocation = known.apply(id);
        if (device.status() != 200 || revocation.isEmpty()) {
            return device;
        }
        RevocationRecord record = revocation.get();
        return new QueryAnswer(
                200,
                Json.with(
                        device.json(),
                        json -> {
                            json.writeObjectFieldStart("revocation");
                            json.writeStringField(
                                    "at", Instant.ofEpochMilli(record.atMs()).toString());
                            json.writeStringField("by", record.by());
                            json.writeStringField("reason", record.reason());
                            json.writeEndObject();
                        }));
    }

    /** Disconnects it and lets it in no more. */
    private void revoke(DeviceId device, Caller caller, HttpRequest request, HttpAnswer answer) {
        if (count.getAsInt() >= devicesMax && known.apply(device).isEmpty()) {
            throw new RefusedException(
                    Problem.of(
                            409,
                            "too-many-revoked",
                            "Too many revoked",
                            devicesMax
                                    + " devices may not connect already (api.revocations.max);"
                                    + " allow those again whose credentials are void anyway"));
        }
        await(sender.revoke(device, record(caller, request)), answer);
        answer(device, "revoked", answer);
    }

    /** Lets it in again. */
    private void allow(DeviceId device, HttpAnswer answer) {
        await(sender.allow(device), answer);
        answer(device, "allowed", answer);
    }

    /** Closes its connection; it may come again, if it is not revoked. */
    private void disconnect(
            DeviceId device, Caller caller, HttpRequest request, HttpAnswer answer) {
        RevocationRecord once = record(caller, request);
        await(sender.disconnect(device, once), answer);
        answer(device, "disconnecting", answer);
    }

    private RevocationRecord record(Caller caller, HttpRequest request) {
        return new RevocationRecord(clock.nowMs(), caller.name(), reason(request));
    }

    private void await(CompletableFuture<SendResult> sent, HttpAnswer answer) {
        if (sender.await(sent) instanceof SendResult.Failed failed) {
            throw PostMessage.refused(failed, answer);
        }
    }

    private static String reason(HttpRequest request) {
        String reason = request.query("reason");
        if (reason.length() > RevocationRecord.REASON_LENGTH_MAX
                || !reason.codePoints().allMatch(Revocations::isText)) {
            throw RefusedException.field(
                    "reason",
                    "reason",
                    "at most "
                            + RevocationRecord.REASON_LENGTH_MAX
                            + " characters, none of which are control characters");
        }
        return reason;
    }

    /** It is shown in terminals and logs, where a line must stay one. */
    private static boolean isText(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE ->
                    false;
            default -> true;
        };
    }

    private static void answer(DeviceId device, String state, HttpAnswer answer) {
        answer.sendJson(
                202,
                Json.object(json -> {
                    json.writeStringField("device", device.value());
                    json.writeStringField("state", state);
                }));
    }
}
