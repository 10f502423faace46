package io.lastmile.router.kafka;

import com.fasterxml.jackson.core.JsonGenerator;
import io.lastmile.node.Json;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.MessageId;
import io.lastmile.wire.Outcome;
import io.lastmile.wire.record.ReceiptRecord;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The receipts that were committed lately, for questions; older ones are in the topic. Each has a
 * place by the offset in its id, and the next one with that place takes it: so there are 65,536 at
 * most, as many for each partition of the topic. They are kept as bytes: they live for seconds, and
 * whatever does is copied by every collection of garbage meanwhile, object by object. Any thread.
 */
public final class RecentReceipts {
    private static final int RECEIPTS_MAX = 1 << 16;

    private final int partitions;
    private final int perPartition;
    private final AtomicReferenceArray<byte @Nullable []> places;

    private record Known(DeviceId device, ReceiptRecord receipt) {}

    /**
     * None yet.
     *
     * @param partitions of the topics
     */
    public RecentReceipts(int partitions) {
        this.partitions = partitions;
        perPartition = Math.max(1, RECEIPTS_MAX / partitions);
        places = new AtomicReferenceArray<>(partitions * perPartition);
    }

    void add(DeviceId device, ReceiptRecord receipt) {
        if (receipt.id().partition() < partitions) { // whoever appends again may say anything
            places.set(place(receipt.id()), pack(device, receipt));
        }
    }

    private int place(MessageId id) {
        return id.partition() * perPartition + (int) (id.offset() % perPartition);
    }

    private static byte[] pack(DeviceId device, ReceiptRecord receipt) {
        byte[] name = device.bytes();
        byte[] value = receipt.encode();
        byte[] packed = new byte[1 + name.length + value.length];
        packed[0] = (byte) name.length;
        System.arraycopy(name, 0, packed, 1, name.length);
        System.arraycopy(value, 0, packed, 1 + name.length, value.length);
        return packed;
    }

    private static Known unpack(byte[] packed) {
        int nameEnd = 1 + (packed[0] & 0xFF);
        String name = new String(packed, 1, nameEnd - 1, StandardCharsets.US_ASCII);
        return new Known(
                new DeviceId(name),
                ReceiptRecord.decode(Arrays.copyOfRange(packed, nameEnd, packed.length)));
    }

    /** The message's end as JSON, if it is known here. */
    Optional<String> json(MessageId id) {
        return id.partition() >= partitions
                ? Optional.empty()
                : known(place(id))
                        .filter(known -> known.receipt.id().equals(id))
                        .map(RecentReceipts::json);
    }

    private Optional<Known> known(int place) {
        return Optional.ofNullable(places.get(place)).map(RecentReceipts::unpack);
    }

    /** The device's message that was delivered latest, as far as it is known here. */
    Optional<ReceiptRecord> lastDelivered(DeviceId device) {
        // A look at all of them: questions are rare, and an index would cost each receipt.
        byte[] name = device.bytes();
        return IntStream.range(0, places.length())
                .filter(place -> isOf(name, places.get(place)))
                .mapToObj(this::known)
                .flatMap(Optional::stream)
                .filter(known ->
                        known.receipt.outcome() == Outcome.DELIVERED && known.device.equals(device))
                .map(Known::receipt)
                .max(Comparator.comparingLong(ReceiptRecord::settledAtMs));
    }

    private static boolean isOf(byte[] name, byte @Nullable [] packed) {
        return packed != null
                && (packed[0] & 0xFF) == name.length
                && Arrays.equals(packed, 1, 1 + name.length, name, 0, name.length);
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
