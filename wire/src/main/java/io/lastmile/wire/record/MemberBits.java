package io.lastmile.wire.record;

import io.lastmile.wire.BytesReader;
import io.lastmile.wire.BytesWriter;
import io.lastmile.wire.MalformedException;

/** Which of {@value #BITS} neighbouring members are meant, as bits or, where few, by number. */
public final class MemberBits {
    /** How many members there are in one. Settled one by one, a record a time is written. */
    public static final int BITS = 512;

    private static final int WORDS = BITS / Long.SIZE;
    private static final int AS_BITS = 0xff;
    private static final int LISTED_MAX = 31; // two bytes each; more are shorter as bits

    private MemberBits() {}

    /** Appends the members of these words, {@value #BITS} bits in all. */
    static void encode(BytesWriter out, long[] words) {
        int count = 0;
        for (long word : words) {
            count += Long.bitCount(word);
        }
        if (count > LISTED_MAX) {
            out.u8(AS_BITS);
            for (long word : words) {
                out.i64(word);
            }
            return;
        }
        out.u8(count);
        for (int i = 0; i < WORDS; i++) {
            for (long left = words[i]; left != 0; left &= left - 1) {
                out.u16(i * Long.SIZE + Long.numberOfTrailingZeros(left));
            }
        }
    }

    static long[] decode(BytesReader in) {
        long[] words = new long[WORDS];
        int count = in.u8("members");
        if (count == AS_BITS) {
            for (int i = 0; i < WORDS; i++) {
                words[i] = in.i64("members");
            }
            return words;
        }
        for (; count > 0; count--) {
            int bit = in.u16("member");
            if (bit >= BITS) {
                throw new MalformedException("member", "0 to " + (BITS - 1));
            }
            words[bit / Long.SIZE] |= 1L << bit; // the shift counts modulo 64
        }
        return words;
    }
}
