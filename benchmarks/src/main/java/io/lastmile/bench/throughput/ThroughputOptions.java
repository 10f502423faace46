package io.lastmile.bench.throughput;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is measured.
 *
 * @param devices connected; a multiple of the streams, so that each has one stream
 * @param streams of lines of JSON at once
 * @param underWayMax messages posted and not yet settled
 * @param seconds of posting in a round
 * @param warmUpSeconds of posting before the first round, of each side
 * @param rounds of all sides in turn; medians count
 * @param partitions of every topic
 * @param alone without anything to compare with
 * @param mosquitto the program that the bridge publishes to; null for no bridge
 * @param profiles a folder for recordings of the JVMs in the last round; null for none
 */
public record ThroughputOptions(
        int devices,
        int payloadBytes,
        int streams,
        int underWayMax,
        int seconds,
        int warmUpSeconds,
        int rounds,
        int partitions,
        boolean alone,
        @Nullable Path mosquitto,
        @Nullable Path profiles) {
    Map<String, Object> asSettings() {
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put("devices", devices);
        settings.put("payload_bytes", payloadBytes);
        settings.put("streams", streams);
        settings.put("under_way", underWayMax);
        settings.put("seconds", seconds);
        settings.put("warm_up_seconds", warmUpSeconds);
        settings.put("rounds", rounds);
        settings.put("partitions", partitions);
        settings.put("alone", alone);
        settings.put("mosquitto", mosquitto == null ? "none" : mosquitto.toString());
        settings.put("profiles", profiles == null ? "none" : profiles.toString());
        return settings;
    }
}
