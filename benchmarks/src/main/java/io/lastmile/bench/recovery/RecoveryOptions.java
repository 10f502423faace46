package io.lastmile.bench.recovery;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What is measured.
 *
 * @param rounds of each fault; the figures are medians
 * @param ratePerSecond of messages, to all devices together
 * @param partitions of every topic
 */
public record RecoveryOptions(int rounds, int devices, int ratePerSecond, int partitions) {
    Map<String, Object> asSettings() {
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put("rounds", rounds);
        settings.put("devices", devices);
        settings.put("rate_per_second", ratePerSecond);
        settings.put("partitions", partitions);
        return settings;
    }
}
