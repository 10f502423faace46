package io.lastmile.bench.throughput;

import io.lastmile.bench.peer.HiveMq;
import io.lastmile.bench.peer.Mosquitto;
import io.lastmile.bench.peer.NatsServer;
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
        settings.put("mosquitto", Mosquitto.described(mosquitto));
        settings.put("nats", NatsServer.described(nats));
        settings.put("hivemq", hivemq ? HiveMq.VERSION : "none");
        return settings;
    }
}
