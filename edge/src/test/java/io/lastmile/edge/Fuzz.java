package io.lastmile.edge;

import java.util.List;
import java.util.SplittableRandom;

/**
 * Bytes that are almost right: samples with a few changes. A run of a number of seeds; with {@code
 * -Dlastmile.fuzz.seconds=600} of as many as there is time for.
 */
public final class Fuzz {
    private static final int SEEDS = 20_000;

    private Fuzz() {}

    /** What is to survive anything. */
    @FunctionalInterface
    public interface Target {
        /** Takes the bytes; whatever it throws is a finding. */
        void take(byte[] bytes, SplittableRandom random) throws Exception;
    }

    /** Feeds it; the assertion names the seed. */
    public static void run(List<byte[]> samples, Target target) {
        run(SEEDS, samples, target);
    }

    /** Feeds what is slower fewer seeds in a build. */
    public static void run(int seeds, List<byte[]> samples, Target target) {
        long seconds = Long.getLong("lastmile.fuzz.seconds", 0);
        long endNs = System.nanoTime() + seconds * 1_000_000_000L;
        for (long seed = 0; seed < seeds || System.nanoTime() - endNs < 0; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            byte[] bytes = mutated(samples, random);
            try {
                target.take(bytes, random);
            } catch (Exception | AssertionError e) {
                throw new AssertionError("seed " + seed, e);
            }
        }
    }

    private static byte[] mutated(List<byte[]> samples, SplittableRandom random) {
        byte[] bytes = samples.get(random.nextInt(samples.size())).clone();
        int changes = random.nextInt(6);
        for (int i = 0; i < changes && bytes.length > 0; i++) {
            int at = random.nextInt(bytes.length);
            switch (random.nextInt(5)) {
                case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> bytes[at] = (byte) random.nextInt();
                case 2 -> bytes[at] = (byte) (random.nextBoolean() ? 0xFF : 0);
                case 3 -> bytes = joined(bytes, at, bytes, random.nextInt(bytes.length));
                default -> {
                    byte[] other = samples.get(random.nextInt(samples.size()));
                    bytes = joined(bytes, at, other, random.nextInt(other.length + 1));
                }
            }
        }
        return bytes;
    }

    /** The beginning of the one and the end of the other. */
    private static byte[] joined(byte[] begin, int length, byte[] end, int from) {
        byte[] all = new byte[length + end.length - from];
        System.arraycopy(begin, 0, all, 0, length);
        System.arraycopy(end, from, all, length, end.length - from);
        return all;
    }
}
