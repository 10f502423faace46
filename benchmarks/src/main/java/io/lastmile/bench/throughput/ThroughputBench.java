package io.lastmile.bench.throughput;

import io.lastmile.bench.BenchResult;
import io.lastmile.bench.load.NumberedPayload;
import io.lastmile.bench.process.Recordings;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * How many messages a second get from a POST to their device and, once it has acknowledged, to
 * their receipt in Kafka. In turn with it, plain Kafka on the same broker, and a bridge made of a
 * plain consumer and mosquitto.
 */
public final class ThroughputBench {
    private final ThroughputOptions options;
    private final PrintWriter out;

    /**
     * A run of the benchmark.
     *
     * @param out where its progress goes
     */
    public ThroughputBench(ThroughputOptions options, PrintWriter out) {
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
            Path profiles = options.profiles();
            Recordings recordings =
                    profiles == null ? null : new Recordings(bed.processes(), profiles);
            List<Side> sides = new ArrayList<>();
            sides.add(
                    new LastmileSide(
                            load,
                            bed,
                            new LinePosting(
                                    bed.api().address("api.port"),
                                    new NumberedPayload(load.payloadBytes()),
                                    options.streams())));
            if (!options.alone()) {
                sides.add(new BareKafkaSide(load, bed.bootstrap()));
                Path mosquitto = options.mosquitto();
                if (mosquitto == null) {
                    out.println("no mosquitto: no bridge to compare with");
                } else {
                    Path own = folder.resolve("mosquitto");
                    sides.add(new BridgeSide(load, bed, mosquitto, own));
                }
            }
            var figures = new Rounds(load, out, recordings).run(sides);
            return new BenchResult("throughput", options.asSettings(), figures);
        }
    }
}
