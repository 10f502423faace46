package io.lastmile.bench.router;

import io.lastmile.bench.Figure;
import java.util.Map;

/** Many absent devices come at once, each with messages that wait for it. */
final class StormStage {
    private static final int MESSAGES_EACH = 3;

    private final RouterBed bed;

    StormStage(RouterBed bed) {
        this.bed = bed;
    }

    void run(Map<Figure, Double> figures) throws Exception {
        int devices = bed.storm().count();
        bed.say("parking " + MESSAGES_EACH + " messages for each of " + devices + " devices");
        bed.producer().sendToEach(bed.storm(), MESSAGES_EACH, bed.options().payloadBytes());
        bed.positions().awaitCommitted();
        Arrivals.Seen before = bed.trickle().phase();
        bed.say("before the storm: " + before);
        double collectionsMs = bed.figures().collectionsMs();
        long[] tookNs = new long[1];
        Arrivals.Seen during = bed.trickle().during(() -> tookNs[0] = drain());
        bed.say("during the storm: " + during);
        figures.put(Figure.STORM_DEVICES, (double) devices);
        figures.put(Figure.STORM_SECONDS, tookNs[0] / 1e9);
        figures.put(Figure.STORM_COLLECTIONS, bed.figures().collectionsMs() - collectionsMs);
        figures.put(Figure.OTHER_P99_BEFORE, before.p99Ms());
        figures.put(Figure.OTHER_P99, during.p99Ms());
        figures.put(Figure.OTHER_MAX, during.maxMs());
        figures.put(Figure.OTHER_LONGEST_PAUSE, during.longestPauseMs());
        reconnect(figures);
    }

    /** The same devices lose their connections and come again: take-overs, nothing to deliver. */
    private void reconnect(Map<Figure, Double> figures) throws Exception {
        long[] tookNs = new long[1];
        Arrivals.Seen during =
                bed.trickle()
                        .during(() -> {
                            long startNs = System.nanoTime();
                            bed.edge().reopen(bed.storm());
                            bed.edge().awaitConfirmed();
                            bed.positions().awaitCommitted();
                            tookNs[0] = System.nanoTime() - startNs;
                        });
        bed.say("while they reconnect: " + during);
        figures.put(Figure.RECONNECT_SECONDS, tookNs[0] / 1e9);
        figures.put(Figure.RECONNECT_OTHER_P99, during.p99Ms());
    }

    private long drain() {
        // Those of the trickle are counted too: what is waited for is a little more than it says.
        long expected = bed.figures().delivered() + (long) bed.storm().count() * MESSAGES_EACH;
        long startNs = System.nanoTime();
        bed.edge().open(bed.storm());
        bed.awaitDelivered(expected);
        return System.nanoTime() - startNs;
    }
}
