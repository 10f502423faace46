package io.lastmile.bench.throughput;

import java.util.Map;

/**
 * What is measured.
 *
 * @param connections that post one message after the other
 * @param producers plain producers of Kafka's own, with batches
 */
public record FanInOptions(LoadOptions load, int connections, int producers) {
    Map<String, Object> asSettings() {
        Map<String, Object> settings = load.asSettings();
        settings.put("connections", connections);
        settings.put("producers", producers);
        return settings;
    }
}
