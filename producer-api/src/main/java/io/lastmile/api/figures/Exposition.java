package io.lastmile.api.figures;

import io.lastmile.node.Metric;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * The figures of one process at one time, read from its metrics in Prometheus' text format. What
 * cannot be understood of it is left out.
 */
final class Exposition {
    private static final String OURS = "lastmile_";

    /** Values by the whole name with its labels, as it stands in the text. */
    private final Map<String, Double> values = new HashMap<>();

    private Exposition() {}

    /** The figures of Lastmile in a text. */
    static Exposition parse(String text) {
        Exposition parsed = new Exposition();
        text.lines().filter(line -> line.startsWith(OURS)).forEach(parsed::add);
        return parsed;
    }

    private void add(String line) {
        // A label's value may have spaces, a number has none; timestamps are not written.
        int space = line.lastIndexOf(' ');
        if (space < 0) {
            return;
        }
        try {
            double value = Double.parseDouble(line.substring(space + 1));
            if (Double.isFinite(value)) {
                values.put(line.substring(0, space), value);
            }
        } catch (NumberFormatException e) {
            return; // not of this format
        }
    }

    /** A counter or gauge, over all its labels. */
    double sum(Metric metric) {
        return sum(metric.metricName(), "");
    }

    /** A counter or gauge where one label has that value. */
    double sum(Metric metric, String label, String value) {
        return sum(metric.metricName(), label + "=\"" + value + "\"");
    }

    private double sum(String name, String pair) {
        double sum = 0;
        for (Map.Entry<String, Double> entry : values.entrySet()) {
            String key = entry.getKey();
            boolean isNamed =
                    key.startsWith(name)
                            && (key.length() == name.length() || key.charAt(name.length()) == '{');
            if (isNamed && (pair.isEmpty() || hasPair(key, pair))) {
                sum += entry.getValue();
            }
        }
        return sum;
    }

    private static boolean hasPair(String key, String pair) {
        return key.contains("{" + pair) || key.contains("," + pair);
    }

    /** How often a histogram saw at most each bound, in seconds; over all its labels. */
    NavigableMap<Double, Double> buckets(Metric histogram) {
        String name = histogram.metricName() + "_bucket{";
        TreeMap<Double, Double> countByBound = new TreeMap<>();
        for (Map.Entry<String, Double> entry : values.entrySet()) {
            String key = entry.getKey();
            int bound = key.startsWith(name) ? key.indexOf("le=\"") : -1;
            int end = bound < 0 ? -1 : key.indexOf('"', bound + 4);
            if (end > 0) {
                String le = key.substring(bound + 4, end);
                countByBound.merge(
                        le.equals("+Inf") ? Double.POSITIVE_INFINITY : Double.parseDouble(le),
                        entry.getValue(),
                        Double::sum);
            }
        }
        return countByBound;
    }
}
