package io.lastmile.wire.record;

import io.lastmile.wire.BytesReader;
import io.lastmile.wire.BytesWriter;
import io.lastmile.wire.MalformedException;
import io.lastmile.wire.Outcome;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A broadcast in one partition, in {@code lastmile.inbox}: how it stands. Who waits and who got it
 * is in its {@link OutcomesRecord}s; the counts are the sums of those. Times are ms since the
 * epoch.
 *
 * @param mark as it was read
 * @param routedAtMs when that was
 * @param expiresAtMs end of its time to live
 * @param each whether each member has a receipt of its own
 * @param membersAtMark how many devices it is for
 * @param countByOutcome how many of them ended how
 * @param settledAtMs when the latest of them ended; {@link ReceiptRecord#NEVER} where none has
 * @param ending how all end that are not in flight: it was taken back, or replaced
 */
public record BroadcastStateRecord(
        MarkRecord mark,
        long routedAtMs,
        long expiresAtMs,
        boolean each,
        int membersAtMark,
        Map<Outcome, Integer> countByOutcome,
        long settledAtMs,
        @Nullable Outcome ending) {
    /** The newest version this code writes and reads. */
    public static final int VERSION = 1;

    public BroadcastStateRecord {
        countByOutcome = Map.copyOf(countByOutcome);
    }

    /** The value of the record. */
    public byte[] encode() {
        BytesWriter out = new BytesWriter(200).u8(VERSION);
        mark.encode(out);
        out.i64(routedAtMs)
                .i64(expiresAtMs)
                .u8(each ? 1 : 0)
                .i32(membersAtMark)
                .count(countByOutcome.size());
        for (Outcome outcome : Outcome.values()) {
            Integer count = countByOutcome.get(outcome);
            if (count != null) {
                out.u8(outcome.code()).i32(count);
            }
        }
        return out.i64(settledAtMs).u8(ending == null ? 0 : ending.code()).toBytes();
    }

    /**
     * The state of a record's value.
     *
     * @throws MalformedException where the bytes are none
     */
    public static BroadcastStateRecord decode(byte[] value) {
        BytesReader in = new BytesReader(value);
        Versions.read(in, VERSION);
        MarkRecord mark = MarkRecord.decode(in);
        long routedAtMs = in.i64("routed");
        long expiresAtMs = in.i64("expires");
        boolean each = in.flag("each");
        int members = size(in, "members");
        Map<Outcome, Integer> countByOutcome = new EnumMap<>(Outcome.class);
        for (int left = in.countOf("outcomes", 5); left > 0; left--) {
            Outcome outcome = Outcome.ofCode(in.u8("outcome"));
            if (countByOutcome.put(outcome, size(in, "count")) != null) {
                throw new MalformedException("outcome", "each stands once");
            }
        }
        long settledAtMs = in.i64("settled");
        int ending = in.u8("ending");
        in.end("broadcast");
        return new BroadcastStateRecord(
                mark,
                routedAtMs,
                expiresAtMs,
                each,
                members,
                countByOutcome,
                settledAtMs,
                ending == 0 ? null : Outcome.ofCode(ending));
    }

    private static int size(BytesReader in, String field) {
        int size = in.i32(field);
        if (size < 0) {
            throw new MalformedException(field, "0 or more");
        }
        return size;
    }
}
