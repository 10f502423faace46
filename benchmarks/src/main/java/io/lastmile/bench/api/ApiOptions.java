package io.lastmile.bench.api;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What is measured.
 *
 * @param connections that post one message after the other, and threads of the plain producer
 * @param streams of lines of JSON at once
 * @param seconds of each phase
 * @param rounds of all phases in turn; medians count
 * @param partitions of every topic
 */
public record ApiOptions(
        int connections, int streams, int payloadBytes, int seconds, int rounds, int partitions) {
    Map<String, Object> asSettings() {
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put("connections", connections);
        settings.put("streams", streams);
        settings.put("payload_bytes", payloadBytes);
        settings.put("seconds", seconds);
        settings.put("rounds", rounds);
        settings.put("partitions", partitions);
        return settings;
    }
}
