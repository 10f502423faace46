package io.lastmile.bench.latency;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What is measured.
 *
 * @param ratePerSecond of messages, to all devices together
 * @param devices connected
 * @param payloadBytes of a message
 * @param seconds of each round of each side
 * @param rounds of both sides in turn; medians count
 * @param warmUpSeconds of each side, at twice the rate
 * @param partitions of every topic
 */
public record LatencyOptions(
        int ratePerSecond,
        int devices,
        int payloadBytes,
        int seconds,
        int rounds,
        int warmUpSeconds,
        int partitions) {
    Map<String, Object> asSettings() {
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put("rate_per_second", ratePerSecond);
        settings.put("devices", devices);
        settings.put("payload_bytes", payloadBytes);
        settings.put("seconds", seconds);
        settings.put("rounds", rounds);
        settings.put("warm_up_seconds", warmUpSeconds);
        settings.put("partitions", partitions);
        return settings;
    }
}
