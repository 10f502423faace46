package io.lastmile.node;

import java.time.Duration;
import java.util.OptionalLong;

/** How people write durations and sizes: {@code 500ms}, {@code 3d}, {@code 256KiB}. */
final class Units {
    private record Unit(String suffix, long factor) {}

    private static final Unit[] DURATIONS = {
        new Unit("ms", 1),
        new Unit("s", 1_000),
        new Unit("m", 60_000),
        new Unit("h", 3_600_000),
        new Unit("d", 86_400_000)
    };
    private static final Unit[] SIZES = {
        new Unit("", 1),
        new Unit("B", 1),
        new Unit("KiB", 1L << 10),
        new Unit("MiB", 1L << 20),
        new Unit("GiB", 1L << 30),
        new Unit("TiB", 1L << 40)
    };

    private Units() {}

    /** Milliseconds of a text such as {@code 10s}; empty where it is none. */
    static OptionalLong parseDurationMs(String text) {
        return parse(text, DURATIONS);
    }

    /** Bytes of a text such as {@code 4MiB} or {@code 1000}; empty where it is none. */
    static OptionalLong parseBytes(String text) {
        return parse(text, SIZES);
    }

    /** The duration in the largest unit that divides it. */
    static String format(Duration duration) {
        long ms = duration.toMillis();
        return ms == 0 ? "0s" : format(ms, DURATIONS);
    }

    /** The size in the largest unit that divides it. */
    static String formatBytes(long bytes) {
        return format(bytes, SIZES);
    }

    private static OptionalLong parse(String text, Unit[] units) {
        int digits = 0;
        while (digits < text.length() && Character.digit(text.charAt(digits), 10) >= 0) {
            digits++;
        }
        if (digits == 0) {
            return OptionalLong.empty();
        }
        String suffix = text.substring(digits).strip();
        for (Unit unit : units) {
            if (unit.suffix.equals(suffix)) {
                try {
                    long count = Long.parseLong(text, 0, digits, 10);
                    return OptionalLong.of(Math.multiplyExact(count, unit.factor));
                } catch (ArithmeticException | NumberFormatException e) {
                    return OptionalLong.empty(); // more than anything allows
                }
            }
        }
        return OptionalLong.empty();
    }

    private static String format(long value, Unit[] units) {
        Unit best = units[0];
        for (Unit unit : units) {
            if (value != 0 && value % unit.factor == 0 && !unit.suffix.equals("B")) {
                best = unit;
            }
        }
        return value / best.factor + best.suffix;
    }
}
