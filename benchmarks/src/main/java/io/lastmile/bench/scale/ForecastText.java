package io.lastmile.bench.scale;

import java.util.List;
import java.util.function.ToDoubleFunction;

/** A forecast for people: what is there, what happens over time, what was taken for granted. */
public final class ForecastText {
    private static final int LINES = 24;
    private static final double MI_B = 1 << 20;

    private ForecastText() {}

    /** All of it. */
    public static String of(Scenario scenario, Calibration calibration, List<Second> seconds) {
        StringBuilder text = new StringBuilder();
        sizes(text, scenario, calibration);
        table(text, seconds);
        outcome(text, scenario, calibration, seconds);
        text.append("taken for granted:\n");
        calibration.assumptions().forEach(line -> text.append("  ").append(line).append('\n'));
        return text.toString();
    }

    private static void sizes(StringBuilder text, Scenario scenario, Calibration calibration) {
        double devicesAnEdge = (double) scenario.devices() / scenario.edges();
        double devicesARouter = (double) scenario.devices() / scenario.routers();
        double devicesAPartition = (double) scenario.devices() / scenario.partitions();
        line(
                text,
                "an edge holds %,.0f devices: %,.0f MiB of itself and the kernel"
                        .formatted(
                                devicesAnEdge,
                                devicesAnEdge * calibration.connectionBytes() / MI_B));
        line(
                text,
                ("a router knows %,.0f devices: %,.0f MiB of heap; one that takes over all of another"
                                + " reads for %.1f s")
                        .formatted(
                                devicesARouter,
                                devicesARouter * calibration.routerBytesPerDevice() / MI_B,
                                devicesARouter / calibration.restoredPerSecond()));
        line(
                text,
                "a partition has %,.0f devices and %,.1f messages a second"
                        .formatted(
                                devicesAPartition,
                                scenario.messagesPerSecond() / scenario.partitions()));
        line(
                text,
                "at second %d, %,.0f devices lose their connections"
                        .formatted(Scenario.FAULT_AT_SECONDS, scenario.devicesThatLose()));
    }

    private static void table(StringBuilder text, List<Second> seconds) {
        line(
                text,
                "%6s %13s %13s %11s %11s %11s %13s %13s"
                        .formatted(
                                "second",
                                "online",
                                "away",
                                "connects/s",
                                "refused/s",
                                "delivered/s",
                                "parked",
                                "queued"));
        int every = Math.max(1, seconds.size() / LINES);
        for (Second second : seconds) {
            boolean fault = second.at() == Scenario.FAULT_AT_SECONDS;
            if (second.at() % every == 0 || fault || second.at() == seconds.size() - 1) {
                line(
                        text,
                        "%6d %,13.0f %,13.0f %,11.0f %,11.0f %,11.0f %,13.0f %,13.0f"
                                .formatted(
                                        second.at(),
                                        second.online(),
                                        second.away(),
                                        second.connects(),
                                        second.refused(),
                                        second.delivered(),
                                        second.parked(),
                                        second.queued()));
            }
        }
    }

    private static void outcome(
            StringBuilder text, Scenario scenario, Calibration calibration, List<Second> seconds) {
        line(text, whenDone("all devices are reached", seconds, Second::away));
        line(text, whenDone("no message waits", seconds, at -> at.parked() + at.queued()));
        double parkedMax = seconds.stream().mapToDouble(Second::parked).max().orElse(0);
        line(
                text,
                "at most %,.0f messages were parked: %,.1f MiB of each router's heap"
                        .formatted(
                                parkedMax,
                                parkedMax
                                        * calibration.routerBytesPerParked()
                                        / scenario.routers()
                                        / MI_B));
        double capacity =
                scenario.edgesLeft() * calibration.connectsPerSecond(scenario.edgeProcessors());
        line(
                text,
                ("the edges that are left take %,.0f connects a second, the routers %,.0f sessions and"
                                + " %,.0f messages")
                        .formatted(
                                capacity,
                                scenario.routers() * calibration.opensPerSecond(),
                                scenario.routers() * calibration.deliveriesPerSecond()));
    }

    /** Less than one of them is none. */
    private static String whenDone(
            String what, List<Second> seconds, ToDoubleFunction<Second> left) {
        for (int at = seconds.size(); at > 0; at--) {
            if (left.applyAsDouble(seconds.get(at - 1)) >= 1) {
                return at == seconds.size()
                        ? what + " not within these seconds"
                        : what
                                + " "
                                + Math.max(0, at + 1 - Scenario.FAULT_AT_SECONDS)
                                + " s after the fault";
            }
        }
        return what + " all the time";
    }

    private static void line(StringBuilder text, String line) {
        text.append(line).append('\n');
    }
}
