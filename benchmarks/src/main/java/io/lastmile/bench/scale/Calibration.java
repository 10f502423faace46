package io.lastmile.bench.scale;

import java.util.List;
import java.util.Locale;

/**
 * What one part of Lastmile can do, as the benchmarks measured it.
 *
 * <p>Wide because it is a list of figures that are set one by one.
 *
 * @param connectUs processor time of the edge for a connect
 * @param connectsPerSecondMax that an edge takes; more are told to come again later
 * @param refusedSpreadSeconds over which these come again
 * @param sessionsMax of an edge
 * @param opensPerSecond sessions that a router takes note of
 * @param deliveriesPerSecond messages that a router sends and settles
 * @param connectionBytes of an edge and its kernel
 * @param routerBytesPerDevice of a router's heap
 * @param routerBytesPerParked of a router's heap, for a parked message
 * @param restoredPerSecond devices and parked messages that a router reads when it takes them over
 */
public record Calibration(
        double connectUs,
        double connectsPerSecondMax,
        int refusedSpreadSeconds,
        long sessionsMax,
        double opensPerSecond,
        double deliveriesPerSecond,
        double connectionBytes,
        double routerBytesPerDevice,
        double routerBytesPerParked,
        double restoredPerSecond) {
    /** The figures of docs/performance.md, and the default limits of an edge. */
    public static Calibration measured() {
        return new Calibration(74, 10_000, 30, 1_000_000, 145_000, 29_700, 4_332, 92, 60, 351_000);
    }

    double connectsPerSecond(int processors) {
        return Math.min(connectsPerSecondMax, processors * 1e6 / connectUs);
    }

    /** What is taken for granted, for people. */
    public List<String> assumptions() {
        return List.of(
                String.format(
                        Locale.ROOT,
                        "a connect takes %.0f us of an edge's processors (bench storm); an edge takes"
                                + " at most %,.0f a second and %,d devices (its settings)",
                        connectUs,
                        connectsPerSecondMax,
                        sessionsMax),
                String.format(
                        Locale.ROOT,
                        "who is refused comes again within %d s, evenly spread",
                        refusedSpreadSeconds),
                String.format(
                        Locale.ROOT,
                        "a router opens %,.0f sessions and settles %,.0f messages a second (bench"
                                + " router, with Kafka on the same 2 processors)",
                        opensPerSecond,
                        deliveriesPerSecond),
                String.format(
                        Locale.ROOT,
                        "a connection takes %,.0f bytes of edge and kernel (bench density); a device"
                                + " %.0f and a parked message %.0f of a router's heap",
                        connectionBytes,
                        routerBytesPerDevice,
                        routerBytesPerParked),
                "Kafka keeps up; parts do not disturb each other; the loads of edges, routers and"
                        + " partitions are equal",
                "not in it: the network's own limits, waits of take-overs, authentication and TLS"
                        + " handshakes (a TLS handshake takes 5 to 13 times a plain connect)");
    }
}
