package io.lastmile.bench.throughput;

import io.lastmile.bench.BenchResult;
import io.lastmile.bench.Figure;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Many producers at once, each with little: connections that post message after message and plain
 * producers, through to the receipts. In turn with it, one plain producer on the same broker.
 */
public final class FanInBench {
    private final FanInOptions options;
    private final PrintWriter out;

    /**
     * A run of the benchmark.
     *
     * @param out where its progress goes
     */
    public FanInBench(FanInOptions options, PrintWriter out) {
        this.options = options;
        this.out = out;
    }

    /**
     * Starts what it needs in a folder, measures, and ends it.
     *
     * @param folder empty; what the processes write is left in it
     */
    public BenchResult run(Path folder) throws Exception {
        LoadOptions load = options.load();
        out.println("starting Kafka, API, router and edge as processes in " + folder);
        out.flush();
        try (Bed bed = Bed.start(folder, load.partitions())) {
            var posting = new FanInPosting(bed.api().address("api.port"), bed.bootstrap(), options);
            List<Side> sides =
                    List.of(
                            new LastmileSide(load, bed, posting),
                            new BareKafkaSide(load, bed.bootstrap()));
            Map<Figure, Double> figures = new Rounds(load, out, null).run(sides);
            double accepted = Math.max(1, posting.posted() + posting.produced());
            figures.put(Figure.FAN_IN_POSTED, posting.posted() / accepted);
            return new BenchResult("fanin", options.asSettings(), figures);
        }
    }
}
