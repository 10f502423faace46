package io.lastmile.cli.dev;

import io.lastmile.node.Settings;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Where the parts of {@code dev} listen: the usual ports plus the offset, except where a port was
 * given by itself.
 */
final class DevAddresses {
    private record Listener(String hostKey, String portKey, int port, String what) {}

    private static final String LOOPBACK = "127.0.0.1";

    private static final List<Listener> LISTENERS =
            List.of(
                    new Listener("api.host", "api.port", 8080, "HTTP"),
                    new Listener("edge.host", "edge.mqtt.port", 1883, "MQTT"),
                    new Listener("edge.hop.host", "edge.hop.port", 7400, "hop"),
                    new Listener("admin.host", "admin.port", 9100, "health and metrics"),
                    new Listener("kafka.host", "kafka.port", 9092, "Kafka"),
                    new Listener(
                            "kafka.host", "kafka.controller.port", 9093, "Kafka's controller"));

    private final Map<String, PortCheck.Wanted> byKey = new LinkedHashMap<>();

    /**
     * Reads what was given.
     *
     * @param offset added to every port that was not given by itself
     */
    DevAddresses(Settings given, int offset) {
        for (Listener listener : LISTENERS) {
            String host = given.text(listener.hostKey, LOOPBACK, "where it listens");
            int port = given.port(listener.portKey, listener.port, "of " + listener.what);
            if (!given.isGiven(listener.portKey)) {
                port += offset;
            }
            byKey.put(listener.portKey, new PortCheck.Wanted("--" + listener.portKey, host, port));
        }
    }

    /** The settings that are of {@code dev} alone: those of its Kafka. */
    static List<Settings.Row> manual() {
        Settings settings = Settings.of(Map.of());
        new DevAddresses(settings, 0);
        return settings.rows().stream().filter(row -> row.key().startsWith("kafka.")).toList();
    }

    /** Every port, to be looked at before anything starts. */
    List<PortCheck.Wanted> all() {
        return new ArrayList<>(byKey.values());
    }

    /** The settings that say so to the parts. */
    List<String> flags() {
        List<String> flags = new ArrayList<>();
        byKey.forEach((key, wanted) -> flags.add("--" + key + "=" + wanted.port()));
        return flags;
    }

    String host(String portKey) {
        return wanted(portKey).host();
    }

    int port(String portKey) {
        return wanted(portKey).port();
    }

    /** {@code host:port}, of a port that is not 0. */
    String address(String portKey) {
        return host(portKey) + ":" + port(portKey);
    }

    private PortCheck.Wanted wanted(String portKey) {
        PortCheck.Wanted wanted = byKey.get(portKey);
        if (wanted == null) {
            throw new IllegalArgumentException(portKey);
        }
        return wanted;
    }
}
