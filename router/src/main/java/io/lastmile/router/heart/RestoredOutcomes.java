package io.lastmile.router.heart;

import io.lastmile.wire.Outcome;
import io.lastmile.wire.record.MemberBits;
import io.lastmile.wire.record.OutcomesRecord;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.RoaringBitmap;

/** The members of one broadcast as a new owner reads them back, piece by piece. */
final class RestoredOutcomes {
    private final Map<Integer, OutcomesRecord> byPiece = new TreeMap<>();

    /** A record of a piece; null for a tombstone. A later one counts. */
    void read(int piece, @Nullable OutcomesRecord record) {
        if (record == null) {
            byPiece.remove(piece);
        } else {
            byPiece.put(piece, record);
        }
    }

    boolean isEmpty() {
        return byPiece.isEmpty();
    }

    RoaringBitmap waiting() {
        RoaringBitmap members = new RoaringBitmap();
        byPiece.forEach((piece, record) -> add(members, piece, record.waiting()));
        return members;
    }

    Map<Outcome, RoaringBitmap> byOutcome() {
        Map<Outcome, RoaringBitmap> all = new EnumMap<>(Outcome.class);
        byPiece.forEach((piece, record) ->
                record.byOutcome()
                        .forEach((outcome, words) ->
                                add(
                                        all.computeIfAbsent(outcome, _ -> new RoaringBitmap()),
                                        piece,
                                        words)));
        return all;
    }

    private static void add(RoaringBitmap members, int piece, long[] words) {
        for (int i = 0; i < words.length; i++) {
            for (long left = words[i]; left != 0; left &= left - 1) {
                int bit = i * Long.SIZE + Long.numberOfTrailingZeros(left);
                members.add(piece * MemberBits.BITS + bit);
            }
        }
    }
}
