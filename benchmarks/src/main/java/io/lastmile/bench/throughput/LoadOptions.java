package io.lastmile.bench.throughput;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What all sides have in common.
 *
 * @param devices connected
 * @param payloadBytes of a message
 * @param underWayMax messages sent and not yet settled
 * @param seconds of sending in a round
 * @param warmUpSeconds of sending before the first round, of each side
 * @param rounds of all sides in turn; medians count
 * @param partitions of every topic
 */
public record LoadOptions(
        int devices,
        int payloadBytes,
        int underWayMax,
        int seconds,
        int warmUpSeconds,
        int rounds,
        int partitions) {
    Map<String, Object> asSettings() {
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put("devices", devices);
        settings.put("payload_bytes", payloadBytes);
        settings.put("under_way", underWayMax);
        settings.put("seconds", seconds);
        settings.put("warm_up_seconds", warmUpSeconds);
        settings.put("rounds", rounds);
        settings.put("partitions", partitions);
        return settings;
    }
}
