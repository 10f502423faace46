package io.lastmile.bench.router;

import io.lastmile.bench.BenchResult;
import io.lastmile.bench.Figure;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;

/**
 * One router process with millions of devices on a virtual edge and millions of parked messages:
 * its heap, its restart, its idleness, and what storms and misbehaving devices do to the others.
 */
public final class RouterBench {
    private final RouterOptions options;
    private final PrintWriter out;

    /**
     * A run of the benchmark.
     *
     * @param out where its progress goes
     */
    public RouterBench(RouterOptions options, PrintWriter out) {
        this.options = options;
        this.out = out;
    }

    /**
     * Starts what it needs in a folder, measures, and ends it.
     *
     * @param folder empty; what the processes write is left in it
     */
    public BenchResult run(Path folder) throws Exception {
        Map<Figure, Double> figures = new EnumMap<>(Figure.class);
        try (RouterBed bed = new RouterBed(options, folder, out)) {
            new MemoryStage(bed).run(figures);
            if (options.members() > 0) {
                new ChannelStage(bed).run(figures);
            }
            new RestoreStage(bed).run(figures);
            new IsolationStage(bed).run(figures);
            if (options.stormDevices() > 0) {
                new StormStage(bed).run(figures);
            }
        }
        return new BenchResult("router", options.asSettings(), figures);
    }
}
