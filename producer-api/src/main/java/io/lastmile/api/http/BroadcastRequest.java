package io.lastmile.api.http;

import io.lastmile.node.HttpRequest;
import io.lastmile.node.Problem;
import io.lastmile.wire.Audience;
import io.lastmile.wire.Header;
import io.lastmile.wire.Message;
import io.lastmile.wire.Payload;
import io.lastmile.wire.record.BroadcastHeader;
import io.lastmile.wire.record.BroadcastRecord;
import io.lastmile.wire.record.Receipts;
import java.util.Arrays;
import java.util.List;

/**
 * The headers of a request that broadcasts: those of one that posts a message, and some more.
 *
 * @param headers of the record, as for a message
 */
record BroadcastRequest(List<Header> headers, int spreadSeconds, Receipts receipts, boolean keep) {
    private static final String SPREAD = "Spread";
    private static final String RECEIPTS = "Receipts";
    private static final String KEEP = "Keep";
    private static final String CONDITION = "Condition";

    /**
     * Reads them; to be read before the body is.
     *
     * @throws RefusedException naming the header and what is allowed
     */
    static BroadcastRequest of(HttpRequest request, long nowMs) {
        List<Header> headers = MessageRequest.headers(request, nowMs);
        for (Header header : headers) {
            String name = header.name();
            if (Arrays.stream(BroadcastHeader.values())
                    .anyMatch(own -> own.headerName().equals(name))) {
                throw RefusedException.field(
                        "attribute",
                        "Attribute-" + name,
                        "of a broadcast no attribute can be called spread, receipts or keep");
            }
        }
        BroadcastRequest read =
                new BroadcastRequest(headers, spread(request), receipts(request), keep(request));
        read.refuseOverBeforeSpread(nowMs);
        return read;
    }

    /**
     * Who is meant by the header {@code Condition}.
     *
     * @throws RefusedException naming the column
     */
    static Audience condition(HttpRequest request) {
        String text =
                MessageRequest.one(request, CONDITION)
                        .orElseThrow(() -> notACondition("has to be there: " + Audience.RULE));
        try {
            return Audience.parse(text);
        } catch (Audience.AudienceException e) {
            throw notACondition(e.getMessage() + "; a condition is " + Audience.RULE);
        }
    }

    private static RefusedException notACondition(String detail) {
        return new RefusedException(
                new Problem(
                        400,
                        "condition",
                        "Value not allowed",
                        CONDITION + ": " + detail,
                        "condition"));
    }

    /** The record, its headers already looked at. */
    BroadcastRecord.Post post(Audience audience, Payload payload) {
        Message message = MessageRequest.message(BroadcastRecord.ADDRESSEE, payload, headers);
        return new BroadcastRecord.Post(audience, message, spreadSeconds, receipts, keep);
    }

    private static int spread(HttpRequest request) {
        String text = MessageRequest.one(request, SPREAD).orElse("0");
        if (text.matches("[0-9]{1,7}")) {
            int seconds = Integer.parseInt(text);
            if (seconds <= BroadcastRecord.SPREAD_SECONDS_MAX) {
                return seconds;
            }
        }
        throw RefusedException.field(
                "spread",
                SPREAD,
                "a whole number of seconds, 0 to "
                        + BroadcastRecord.SPREAD_SECONDS_MAX
                        + " (7 days)");
    }

    private static Receipts receipts(HttpRequest request) {
        return MessageRequest.one(request, RECEIPTS)
                .map(text ->
                        Receipts.ofLabel(text)
                                .orElseThrow(() ->
                                        RefusedException.field(
                                                "receipts",
                                                RECEIPTS,
                                                "each or summary; left out, the owners decide")))
                .orElse(Receipts.AUTO);
    }

    private static boolean keep(HttpRequest request) {
        return switch (MessageRequest.one(request, KEEP).orElse("false")) {
            case "true" -> true;
            case "false" -> false;
            default -> throw RefusedException.field("keep", KEEP, "true or false");
        };
    }

    /** Those whose turn comes after its end would never get it. */
    private void refuseOverBeforeSpread(long nowMs) {
        if (spreadSeconds == 0) {
            return;
        }
        Message message = MessageRequest.message(BroadcastRecord.ADDRESSEE, Payload.EMPTY, headers);
        long waitsMs =
                message.notBeforeMs() == Message.ABSENT
                        ? 0
                        : Math.max(0, message.notBeforeMs() - nowMs);
        if (message.ttlSeconds() != Message.ABSENT
                && message.ttlSeconds() * 1_000 < waitsMs + spreadSeconds * 1_000L) {
            throw RefusedException.field(
                    "spread", SPREAD, "ends after TTL, for some members would never get it");
        }
    }
}
