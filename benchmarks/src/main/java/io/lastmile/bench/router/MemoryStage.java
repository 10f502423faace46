package io.lastmile.bench.router;

import io.lastmile.bench.Figure;
import io.lastmile.bench.load.Pace;
import java.time.Duration;
import java.util.Map;

/** What devices and parked messages take of the router's heap, and what it does when idle. */
final class MemoryStage {
    /**
     * Their messages fill what has a size of its own: the router's memory of recent receipts, its
     * cache of bodies, its clients' buffers.
     */
    private static final int WARM_DEVICES_MAX = 80_000;

    private final RouterBed bed;

    MemoryStage(RouterBed bed) {
        this.bed = bed;
    }

    /** How many devices warm the router up: all that fills it, or what a small run can spare. */
    static int warmDevices(RouterOptions options) {
        return Math.min(WARM_DEVICES_MAX, options.devices());
    }

    void run(Map<Figure, Double> figures) {
        warmUp();
        RouterOptions options = bed.options();
        long emptyBytes = heap("empty");
        bed.say("opening " + options.devices() + " devices");
        long startNs = System.nanoTime();
        bed.edge().open(bed.online());
        bed.edge().awaitConfirmed();
        bed.positions().awaitCommitted();
        figures.put(Figure.OPEN_SECONDS, (System.nanoTime() - startNs) / 1e9);
        long onlineBytes = heap("online");
        bed.say("parking " + options.parkedMessages() + " messages");
        startNs = System.nanoTime();
        bed.producer().sendToEach(bed.absent(), options.inboxMessages(), options.payloadBytes());
        bed.positions().awaitCommitted();
        figures.put(Figure.PARK_SECONDS, (System.nanoTime() - startNs) / 1e9);
        long parkedBytes = heap("online and parked");
        figures.put(Figure.HEAP_EMPTY, (double) emptyBytes);
        figures.put(
                Figure.HEAP_PER_DEVICE, (double) (onlineBytes - emptyBytes) / options.devices());
        int parked = bed.absent().count() * options.inboxMessages();
        figures.put(Figure.HEAP_PER_PARKED, (double) (parkedBytes - onlineBytes) / parked);
        idle(figures);
    }

    private void warmUp() {
        bed.say("warming up");
        bed.producer().sendToEach(bed.warm(), 1, bed.options().payloadBytes());
        bed.positions().awaitCommitted();
        bed.edge().open(bed.warm());
        bed.awaitDelivered(bed.warm().count());
        bed.edge().close(bed.warm());
        bed.edge().awaitConfirmed();
        bed.positions().awaitCommitted();
    }

    private long heap(String when) {
        long bytes = bed.figures().liveHeapBytes();
        bed.say(String.format("live heap of the router, %s: %.1f MiB", when, bytes / 1048576.0));
        return bytes;
    }

    private void idle(Map<Figure, Double> figures) {
        int seconds = bed.options().idleCpuSeconds();
        bed.say("watching the idle router for " + seconds + " s");
        Duration before = bed.figures().cpu();
        long startNs = System.nanoTime();
        new Pace(startNs, 1.0 / seconds).awaitDue(1);
        Duration used = bed.figures().cpu().minus(before);
        double percent = 100.0 * used.toNanos() / (System.nanoTime() - startNs);
        figures.put(Figure.IDLE_CPU, percent);
        bed.say(String.format("idle router: %.1f %% of a processor", percent));
    }
}
