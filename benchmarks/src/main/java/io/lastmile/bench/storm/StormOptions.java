package io.lastmile.bench.storm;

import io.lastmile.bench.peer.Mosquitto;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is measured.
 *
 * @param seconds of a round
 * @param warmUpSeconds before the first round, for each server
 * @param rounds of both servers in turn; medians count
 * @param threads of the client
 * @param unanswered connections of a thread whose CONNACK it has not read yet; those of all threads
 *     have to find room where the server lets them wait to be accepted, 100 at mosquitto
 * @param unconfirmed connections of a thread that wait for SUBACK
 * @param held connections of a thread that are subscribed, before the oldest is closed
 * @param mosquitto the program to compare with; null for none
 */
public record StormOptions(
        int seconds,
        int warmUpSeconds,
        int rounds,
        int threads,
        int unanswered,
        int unconfirmed,
        int held,
        @Nullable Path mosquitto) {
    Map<String, Object> asSettings() {
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put("seconds", seconds);
        settings.put("warm_up_seconds", warmUpSeconds);
        settings.put("rounds", rounds);
        settings.put("threads", threads);
        settings.put("unanswered", unanswered);
        settings.put("unconfirmed", unconfirmed);
        settings.put("held", held);
        settings.put("mosquitto", Mosquitto.described(mosquitto));
        return settings;
    }
}
