package io.lastmile.bench.recovery;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What is measured.
 *
 * @param rounds of each fault; the figures are medians
 * @param ratePerSecond of messages, to all devices together
 * @param partitions of every topic
 * @param warmUpSeconds of more load than that, before the first fault
 * @param pauseSeconds of that load before each fault: what was started again after the last one has
 *     become quick by then
 */
public record RecoveryOptions(
        int rounds,
        int devices,
        int ratePerSecond,
        int partitions,
        int warmUpSeconds,
        int pauseSeconds) {
    Map<String, Object> asSettings() {
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put("rounds", rounds);
        settings.put("devices", devices);
        settings.put("rate_per_second", ratePerSecond);
        settings.put("partitions", partitions);
        settings.put("warm_up_seconds", warmUpSeconds);
        settings.put("pause_seconds", pauseSeconds);
        return settings;
    }
}
