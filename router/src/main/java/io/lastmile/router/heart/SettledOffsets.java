package io.lastmile.router.heart;

import java.util.BitSet;

/**
 * The settled offsets from some offset on, a bit each: they lie close together, in what is read
 * ahead of the watermark.
 */
final class SettledOffsets {
    /** Bits below the lowest offset are dropped in large pieces. */
    private static final int DROP_BITS = 1 << 13;

    private BitSet bits = new BitSet();
    private long base;
    private long lowest;

    /** None yet. */
    SettledOffsets(long lowest) {
        this.base = lowest;
        this.lowest = lowest;
    }

    /** An offset, not below the lowest. */
    void add(long offset) {
        bits.set(Math.toIntExact(offset - base));
    }

    /** Of an offset not below the lowest. */
    boolean contains(long offset) {
        long bit = offset - base;
        return bit < bits.size() && bits.get((int) bit);
    }

    /** Nobody will ask for those below. */
    void forgetBelow(long newLowest) {
        lowest = newLowest;
        long below = lowest - base;
        if (below >= bits.length()) {
            bits.clear();
            base = lowest;
        } else if (below >= DROP_BITS) {
            bits = bits.get((int) below, bits.length());
            base = lowest;
        }
    }

    /** All of them from the lowest on, rising. */
    long[] rising() {
        return bits.stream()
                .mapToLong(bit -> base + bit)
                .dropWhile(offset -> offset < lowest)
                .toArray();
    }
}
