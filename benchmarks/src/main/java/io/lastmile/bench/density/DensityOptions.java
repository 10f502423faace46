package io.lastmile.bench.density;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What is measured.
 *
 * @param connectionsMin of the first point of the line
 * @param connectionsMax of the last
 * @param points of the line, evenly spread
 * @param runs each with an edge of its own
 */
public record DensityOptions(int connectionsMin, int connectionsMax, int points, int runs) {
    Map<String, Object> asSettings() {
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put("min", connectionsMin);
        settings.put("max", connectionsMax);
        settings.put("points", points);
        settings.put("runs", runs);
        return settings;
    }

    int connectionsAt(int point) {
        return connectionsMin
                + (int) ((long) (connectionsMax - connectionsMin) * point / (points - 1));
    }
}
