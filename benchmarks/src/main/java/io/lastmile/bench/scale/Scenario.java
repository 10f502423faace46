package io.lastmile.bench.scale;

/**
 * A deployment, and what befalls it at second {@link #FAULT_AT_SECONDS}. Devices are spread evenly
 * over edges and partitions, messages over devices.
 *
 * <p>Wide because it is a list of figures that are set one by one.
 *
 * @param messagesPerSecond to all devices together
 * @param edgesLost that end at once, and do not come again
 * @param stormShare of the devices of the other edges that lose their connections, 0 to 1
 * @param returnSeconds over which those who lost theirs try again, evenly
 * @param edgeProcessors of one edge
 * @param seconds that are looked at
 */
public record Scenario(
        long devices,
        int edges,
        int routers,
        int partitions,
        double messagesPerSecond,
        int edgesLost,
        double stormShare,
        int returnSeconds,
        int edgeProcessors,
        int seconds) {
    /** Before it nothing happens. */
    public static final int FAULT_AT_SECONDS = 10;

    double devicesThatLose() {
        double lost = (double) devices * edgesLost / edges;
        return lost + (devices - lost) * stormShare;
    }

    int edgesLeft() {
        return edges - edgesLost;
    }
}
