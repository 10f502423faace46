package io.lastmile.bench.throughput;

import io.lastmile.bench.peer.Mosquitto;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is measured.
 *
 * @param streams of lines of JSON at once
 * @param alone without anything to compare with
 * @param mosquitto the program that the bridge publishes to; null for no bridge
 * @param profiles a folder for recordings of the JVMs in the last round; null for none
 */
public record ThroughputOptions(
        LoadOptions load,
        int streams,
        boolean alone,
        @Nullable Path mosquitto,
        @Nullable Path profiles) {
    Map<String, Object> asSettings() {
        Map<String, Object> settings = load.asSettings();
        settings.put("streams", streams);
        settings.put("alone", alone);
        settings.put("mosquitto", Mosquitto.described(mosquitto));
        settings.put("profiles", profiles == null ? "none" : profiles.toString());
        return settings;
    }
}
