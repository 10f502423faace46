package io.lastmile.bench.stadium;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is measured.
 *
 * <p>Wide because it is the list of the command's options.
 *
 * @param devices connected, each of which is sent one message a wave
 * @param devicesPerProcess at most so many sockets are at an edge, and in a process of devices
 * @param payloadBytes of a message
 * @param streams of lines of JSON at once
 * @param warmUpWaves to all devices, of each side, before the first round is measured
 * @param rounds of both sides in turn; medians count
 * @param partitions of every topic
 * @param channel whether there are also waves of one broadcast to a channel of all devices
 * @param profiles a folder for recordings of the JVMs in the last round; null for none
 */
public record StadiumOptions(
        int devices,
        int devicesPerProcess,
        int payloadBytes,
        int streams,
        int warmUpWaves,
        int rounds,
        int partitions,
        boolean channel,
        @Nullable Path profiles) {
    Map<String, Object> asSettings() {
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put("devices", devices);
        settings.put("devices_per_process", devicesPerProcess);
        settings.put("processes", processes());
        settings.put("payload_bytes", payloadBytes);
        settings.put("streams", streams);
        settings.put("warm_up_waves", warmUpWaves);
        settings.put("rounds", rounds);
        settings.put("partitions", partitions);
        settings.put("channel", channel);
        settings.put("profiles", profiles == null ? "none" : profiles.toString());
        return settings;
    }

    /** How many edges, and crowds, and bare servers. */
    int processes() {
        return (devices + devicesPerProcess - 1) / devicesPerProcess;
    }

    /** The first device of a crowd, from 0; of the crowd behind the last, how many there are. */
    int firstDevice(int crowd) {
        return (int) ((long) devices * crowd / processes());
    }
}
