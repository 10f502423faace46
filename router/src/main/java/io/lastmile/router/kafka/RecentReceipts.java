package io.lastmile.router.kafka;

import com.fasterxml.jackson.core.JsonGenerator;
import io.lastmile.node.Json;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.MessageId;
import io.lastmile.wire.Outcome;
import io.lastmile.wire.record.ReceiptRecord;
import java.io.IOException;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The receipts that were committed lately, for questions; the older ones are in the topic. The
 * oldest makes room: receipts are written far more often than asked for, and a cache that notes who
 * was asked for was a fifth of a router's work.
 */
public final class RecentReceipts {
    private static final int RECEIPTS_MAX = 50_000;

    private final Map<MessageId, Known> byId =
            new LinkedHashMap<>() {
                @Override
                protected boolean removeEldestEntry(Map.Entry<MessageId, Known> eldest) {
                    return size() > RECEIPTS_MAX;
                }
            };

    private record Known(DeviceId device, ReceiptRecord receipt) {}

    synchronized void add(DeviceId device, ReceiptRecord receipt) {
        byId.put(receipt.id(), new Known(device, receipt));
    }

    /** The message's end as JSON, if it is known here. */
    Optional<String> json(MessageId id) {
        return Optional.ofNullable(known(id)).map(RecentReceipts::json);
    }

    private synchronized @Nullable Known known(MessageId id) {
        return byId.get(id);
    }

    /** The device's message that was delivered latest, as far as it is known here. */
    synchronized Optional<ReceiptRecord> lastDelivered(DeviceId device) {
        // A look at all of them: questions are rare, and an index would cost each receipt.
        return byId.values().stream()
                .filter(known ->
                        known.receipt.outcome() == Outcome.DELIVERED && known.device.equals(device))
                .map(Known::receipt)
                .max(Comparator.comparingLong(ReceiptRecord::settledAtMs));
    }

    private static String json(Known known) {
        ReceiptRecord receipt = known.receipt;
        return Json.object(json -> {
            json.writeStringField("id", receipt.id().toString());
            json.writeStringField("device", known.device.value());
            json.writeStringField("state", "settled");
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
        });
    }

    private static void time(JsonGenerator json, String name, long ms) throws IOException {
        if (ms != ReceiptRecord.NEVER) {
            json.writeStringField(name, Instant.ofEpochMilli(ms).toString());
        }
    }
}
