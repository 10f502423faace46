package io.lastmile.bench.router;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What is measured.
 *
 * <p>Wide because it is the list of the command's options.
 *
 * @param devices online
 * @param parkedMessages of absent devices
 * @param inboxMessages parked for each absent device
 * @param members absent devices that are in one channel; 0 leaves channels out
 * @param partitions of every topic
 * @param payloadBytes of every message
 * @param stormDevices that come back at once, 0 for no storm
 * @param idleCpuSeconds how long the idle router is watched
 * @param phaseSeconds of each phase in which latency is measured
 * @param ratePerSecond of the messages whose latency is measured, to all of their devices together
 */
public record RouterOptions(
        int devices,
        int parkedMessages,
        int inboxMessages,
        int members,
        int partitions,
        int payloadBytes,
        int stormDevices,
        int idleCpuSeconds,
        int phaseSeconds,
        int ratePerSecond) {
    private static final long HEAP_MIB_BASE = 512;
    private static final long EACH_A_MIB = 500; // devices or messages: about 2 KB each

    Map<String, Object> asSettings() {
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put("devices", devices);
        settings.put("parked", parkedMessages);
        settings.put("inbox", inboxMessages);
        settings.put("members", members);
        settings.put("partitions", partitions);
        settings.put("payload_bytes", payloadBytes);
        settings.put("storm", stormDevices);
        settings.put("idle_cpu_seconds", idleCpuSeconds);
        settings.put("phase_seconds", phaseSeconds);
        settings.put("rate_per_second", ratePerSecond);
        return settings;
    }

    /** Heap enough for the router with everything loaded. */
    String heapMax() {
        long each = (long) devices + parkedMessages + members + 4L * stormDevices;
        return "-Xmx" + (HEAP_MIB_BASE + each / EACH_A_MIB) + "m";
    }
}
