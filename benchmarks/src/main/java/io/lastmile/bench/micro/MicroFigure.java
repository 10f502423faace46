package io.lastmile.bench.micro;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What one benchmark found.
 *
 * @param name class, method and parameters
 * @param ns of one operation
 * @param nsError half of the interval that it is in with a confidence of 99.9 %; not a number where
 *     there are too few iterations
 * @param bytes allocated by one operation
 */
public record MicroFigure(String name, double ns, double nsError, double bytes) {
    /** Above its {@link #line}s. */
    static String heading() {
        return "%-52s %12s %10s %12s".formatted("", "ns/op", "+-", "B/op");
    }

    /** As a line for people. */
    String line() {
        String error = Double.isNaN(nsError) ? "" : "%.1f".formatted(nsError);
        return "%-52s %12.1f %10s %12.1f".formatted(name, ns, error, bytes);
    }

    Map<String, Double> asFigures() {
        Map<String, Double> figures = new LinkedHashMap<>();
        figures.put("ns", ns);
        if (!Double.isNaN(nsError)) {
            figures.put("ns_error", nsError);
        }
        figures.put("bytes", bytes);
        return figures;
    }
}
