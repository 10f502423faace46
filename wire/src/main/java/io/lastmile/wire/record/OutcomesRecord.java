package io.lastmile.wire.record;

import io.lastmile.wire.BytesReader;
import io.lastmile.wire.BytesWriter;
import io.lastmile.wire.MalformedException;
import io.lastmile.wire.Outcome;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;

/**
 * {@value MemberBits#BITS} neighbouring members of a broadcast, in {@code lastmile.inbox}: who of
 * them waits, and who ended how. Each is {@value MemberBits#BITS} bits in words of 64, the lowest
 * member in the lowest bit; who is in none of them is not meant by the broadcast.
 */
public final class OutcomesRecord {
    /** The newest version this code writes and reads. */
    public static final int VERSION = 1;

    private final long[] waiting;
    private final Map<Outcome, long[]> byOutcome;

    /** What is given away. */
    public OutcomesRecord(long[] waiting, Map<Outcome, long[]> byOutcome) {
        this.waiting = waiting;
        this.byOutcome = byOutcome;
    }

    /** Those that have no outcome; not to be changed. */
    public long[] waiting() {
        return waiting;
    }

    /** Those that have one; not to be changed. */
    public Map<Outcome, long[]> byOutcome() {
        return byOutcome;
    }

    /** The value of the record. */
    public byte[] encode() {
        BytesWriter out = new BytesWriter(80).u8(VERSION);
        MemberBits.encode(out, waiting);
        out.u8(byOutcome.size());
        for (Outcome outcome : Outcome.values()) {
            long[] words = byOutcome.get(outcome);
            if (words != null) {
                MemberBits.encode(out.u8(outcome.code()), words);
            }
        }
        return out.toBytes();
    }

    /**
     * The members of a record's value.
     *
     * @throws MalformedException where the bytes are none
     */
    public static OutcomesRecord decode(byte[] value) {
        BytesReader in = new BytesReader(value);
        Versions.read(in, VERSION);
        long[] waiting = MemberBits.decode(in);
        Map<Outcome, long[]> byOutcome = new EnumMap<>(Outcome.class);
        for (int left = in.u8("outcomes"); left > 0; left--) {
            Outcome outcome = Outcome.ofCode(in.u8("outcome"));
            if (byOutcome.put(outcome, MemberBits.decode(in)) != null) {
                throw new MalformedException("outcome", "each stands once");
            }
        }
        in.end("outcomes");
        return new OutcomesRecord(waiting, byOutcome);
    }

    @Override
    public boolean equals(Object other) {
        if (!(other instanceof OutcomesRecord that) || !Arrays.equals(waiting, that.waiting)) {
            return false;
        }
        for (Outcome outcome : Outcome.values()) {
            if (!Arrays.equals(byOutcome.get(outcome), that.byOutcome.get(outcome))) {
                return false;
            }
        }
        return true;
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(waiting);
    }

    @Override
    public String toString() {
        return "waiting=" + Arrays.toString(waiting) + " outcomes=" + byOutcome.keySet();
    }
}
