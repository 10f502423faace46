package io.lastmile.bench.kills;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What is done.
 *
 * @param kills of routers, one after the other
 * @param routers that run
 * @param devices connected to two edges
 * @param ratePerSecond of messages, to all devices together
 * @param partitions of every topic
 * @param seed of the moments and of who is killed
 */
public record KillsOptions(
        int kills, int routers, int devices, int ratePerSecond, int partitions, long seed) {
    Map<String, Object> asSettings() {
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put("kills", kills);
        settings.put("routers", routers);
        settings.put("devices", devices);
        settings.put("rate_per_second", ratePerSecond);
        settings.put("partitions", partitions);
        settings.put("seed", seed);
        return settings;
    }
}
