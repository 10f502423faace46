package io.lastmile.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever the bytes are, reading ends in a value or a {@link MalformedException}, and allocates in
 * proportion to the bytes that are there, not to what they claim.
 */
class HostileBytesTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final long ALLOCATED_AT_LEAST_BYTES = 64 * 1024;
    private static final long ALLOCATED_PER_BYTE = 100;

    static Stream<Format<?>> formats() {
        return Formats.all();
    }

    @ParameterizedTest
    @MethodSource("formats")
    void everyTruncationIsMalformed(Format<?> format) {
        Seeds.upTo(20)
                .forEach(seed -> {
                    byte[] whole = format.drawBytes(new RandomValues(seed));
                    for (int length = 0; length < whole.length; length++) {
                        byte[] cut = Arrays.copyOf(whole, length);
                        String what = format + " cut to " + length;
                        assertThrows(
                                MalformedException.class,
                                () -> format.decode().apply(cut),
                                () -> Seeds.replay(what, seed));
                    }
                });
    }

    @ParameterizedTest
    @MethodSource("formats")
    void aByteTooManyIsMalformed(Format<?> format) {
        byte[] whole = format.drawBytes(new RandomValues(1));
        byte[] longer = Arrays.copyOf(whole, whole.length + 1);
        assertThrows(MalformedException.class, () -> format.decode().apply(longer));
    }

    @ParameterizedTest
    @MethodSource("formats")
    void mutatedBytesAreAValueOrMalformed(Format<?> format) {
        Seeds.upTo(4_000)
                .forEach(seed -> {
                    RandomValues random = new RandomValues(seed);
                    byte[] bytes = format.drawBytes(random);
                    for (int i = random.count(1, 4); i > 0; i--) {
                        bytes = mutate(bytes, random);
                    }
                    readHostile(format, bytes, seed);
                });
    }

    @ParameterizedTest
    @MethodSource("formats")
    void randomBytesAreAValueOrMalformed(Format<?> format) {
        Seeds.upTo(4_000)
                .forEach(seed -> {
                    byte[] bytes = new RandomValues(seed).bytes(0, 200);
                    if (bytes.length > 1) {
                        bytes[0] = (byte) (1 + seed % 12); // a known version, kind or type, to
                        // come further
                        bytes[1] = (byte) (seed % 5);
                    }
                    readHostile(format, bytes, seed);
                });
    }

    /**
     * Reads without counting first, so that what classes need when they are loaded is not counted.
     */
    private static <T> void readHostile(Format<T> format, byte[] bytes, long seed) {
        try {
            var _ = format.decode().apply(bytes);
        } catch (MalformedException e) {
            assertTrue(!e.toString().isEmpty());
        } catch (RuntimeException | Error e) {
            fail(Seeds.replay(format.name(), seed), e);
        }
        countHostile(format, bytes, seed);
    }

    private static <T> void countHostile(Format<T> format, byte[] bytes, long seed) {
        long before = THREADS.getCurrentThreadAllocatedBytes();
        T value;
        try {
            value = format.decode().apply(bytes);
        } catch (MalformedException e) {
            assertTrue(!e.field().isEmpty());
            value = null;
        }
        long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
        assertTrue(
                allocated < ALLOCATED_AT_LEAST_BYTES + ALLOCATED_PER_BYTE * bytes.length,
                () -> Seeds.replay(format + " allocated " + allocated, seed));
        if (value != null) { // what was understood can be written and is understood again
            byte[] written = format.encode().apply(value);
            T again = format.decode().apply(written);
            assertEquals(value, again, () -> Seeds.replay(format.name(), seed));
        }
    }

    private static byte[] mutate(byte[] bytes, RandomValues random) {
        int at = random.count(0, bytes.length - 1);
        return switch (random.count(0, 4)) {
            case 0 -> {
                byte[] flipped = bytes.clone();
                flipped[at] ^= (byte) (1 << random.count(0, 7));
                yield flipped;
            }
            case 1 -> {
                byte[] overwritten = bytes.clone();
                byte[] with = random.bytes(1, 12);
                System.arraycopy(
                        with, 0, overwritten, at, Math.min(with.length, bytes.length - at));
                yield overwritten;
            }
            case 2 -> { // the counts that a hostile peer would choose
                byte[] huge = bytes.clone();
                Arrays.fill(huge, at, Math.min(bytes.length, at + random.count(1, 9)), (byte) -1);
                yield huge;
            }
            case 3 -> {
                byte[] longer = Arrays.copyOf(bytes, bytes.length + random.count(1, 20));
                System.arraycopy(
                        bytes, at, longer, at + longer.length - bytes.length, bytes.length - at);
                yield longer;
            }
            default -> Arrays.copyOf(bytes, Math.max(1, at));
        };
    }
}
