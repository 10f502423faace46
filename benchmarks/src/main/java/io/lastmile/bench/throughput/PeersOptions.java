package io.lastmile.bench.throughput;

import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is measured.
 *
 * @param senders streams of lines, and publishers
 * @param mosquitto the program; null for none, and for no bridge
 * @param nats the program; null for none
 * @param hivemq whether Maven is to fetch HiveMQ CE
 */
public record PeersOptions(
        LoadOptions load,
        int senders,
        @Nullable Path mosquitto,
        @Nullable Path nats,
        boolean hivemq) {
    Map<String, Object> asSettings() {
        Map<String, Object> settings = load.asSettings();
        settings.put("senders", senders);
        settings.put("mosquitto", mosquitto == null ? "none" : mosquitto.toString());
        settings.put("nats", nats == null ? "none" : nats.toString());
        settings.put("hivemq", hivemq);
        return settings;
    }
}
