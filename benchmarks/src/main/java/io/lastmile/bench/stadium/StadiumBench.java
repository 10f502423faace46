package io.lastmile.bench.stadium;

import io.lastmile.bench.BenchResult;
import io.lastmile.bench.Figure;
import io.lastmile.bench.Medians;
import io.lastmile.bench.process.JavaLaunch;
import io.lastmile.bench.process.Recordings;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * How long it takes until very many devices have one message each, all posted at once; in turn with
 * it, a bare fan-out to as many sockets, held by the same processes, and where it is asked for, one
 * broadcast to a channel that all of them are in.
 */
public final class StadiumBench {
    private final StadiumOptions options;
    private final PrintWriter out;
    private final Medians medians = new Medians();
    private int waves;
    private double refused;
    private double leastReached = Double.MAX_VALUE;

    /**
     * A run of the benchmark.
     *
     * @param out where its progress goes
     */
    public StadiumBench(StadiumOptions options, PrintWriter out) {
        this.options = options;
        this.out = out;
    }

    /**
     * Starts what it needs in a folder, measures, and ends it.
     *
     * @param folder empty; what the processes write is left in it
     */
    public BenchResult run(Path folder) throws Exception {
        int each = options.processes();
        say("starting Kafka, API, router, edges, crowds and bare servers, %d each".formatted(each));
        JavaLaunch java = JavaLaunch.likeThisProcess("-Xmx1g");
        JavaLaunch small = JavaLaunch.likeThisProcess("-Xmx512m");
        try (StadiumBed bed = StadiumBed.start(java, folder, options);
                Crowds crowds = new Crowds(options, small, folder);
                BareSide bare = new BareSide(options, crowds, small, folder);
                LastmileSide lastmile = new LastmileSide(options, bed, crowds);
                ChannelSide channel = new ChannelSide(options, bed, crowds, lastmile)) {
            Path profiles = options.profiles();
            Recordings recordings =
                    profiles == null ? null : new Recordings(bed.processes(), profiles);
            if (options.channel()) {
                say("all devices join a channel");
                channel.join().forEach(medians::add);
            }
            for (int round = 1; round <= options.rounds(); round++) {
                say("round " + round + "/" + options.rounds());
                Recordings now = round == options.rounds() ? recordings : null;
                round(round, lastmile, options.channel() ? null : now);
                if (options.channel()) {
                    round(round, channel, now);
                }
                round(round, bare, null);
            }
            return result(lastmile, channel, crowds.again());
        }
    }

    private void round(int round, Side side, @Nullable Recordings recordings) throws Exception {
        long beganNs = System.nanoTime();
        side.connect();
        long tookMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - beganNs);
        say(
                "  %-8s %,d devices connected in %,d ms"
                        .formatted(side.name(), options.devices(), tookMs));
        for (int i = 0; round == 1 && i < options.warmUpWaves(); i++) {
            tell("warm-up", side.wave(++waves));
        }
        if (recordings != null) {
            recordings.begin();
        }
        Map<Figure, Double> figures = side.wave(++waves);
        if (recordings != null) {
            recordings.end();
        }
        tell("measured", figures);
        figures.forEach(medians::add);
        refused += figures.getOrDefault(Figure.THROUGHPUT_REFUSED, 0.0);
        leastReached = Math.min(leastReached, figures.getOrDefault(Figure.DEVICES, leastReached));
        side.leave();
    }

    private void tell(String what, Map<Figure, Double> figures) {
        StringBuilder line = new StringBuilder("    %-8s".formatted(what));
        figures.forEach((figure, value) -> {
            if (figure.label().endsWith("_ms")) {
                line.append(" %s %,.0f".formatted(figure.label(), value));
            }
        });
        double refusedNow = figures.getOrDefault(Figure.THROUGHPUT_REFUSED, 0.0);
        say(line + (refusedNow > 0 ? " refused %,.0f".formatted(refusedNow) : ""));
    }

    private BenchResult result(LastmileSide lastmile, ChannelSide channel, long again) {
        Map<Figure, Double> figures = medians.figures();
        ratio(figures, Figure.P99, Figure.BARE_P99, Figure.P99_RATIO);
        ratio(figures, Figure.LAST, Figure.BARE_LAST, Figure.LAST_RATIO);
        if (options.channel()) {
            ratio(figures, Figure.BROADCAST_P99, Figure.BARE_P99, Figure.BROADCAST_P99_RATIO);
            ratio(figures, Figure.BROADCAST_LAST, Figure.BARE_LAST, Figure.BROADCAST_LAST_RATIO);
            ratio(figures, Figure.BROADCAST_P99, Figure.P99, Figure.BROADCAST_TO_SINGLES);
        }
        figures.put(Figure.DEVICES, leastReached);
        figures.put(Figure.LOST, (double) (lastmile.lost() + channel.lost()));
        long surplus = lastmile.surplusReceipts() + channel.surplusReceipts();
        figures.put(Figure.DUPLICATES, (double) (again + surplus));
        figures.put(Figure.THROUGHPUT_REFUSED, refused);
        if (lastmile.lastRefusal() != null) {
            say("refused, the warm-up's too; the latest: " + lastmile.lastRefusal());
        }
        return new BenchResult("stadium", options.asSettings(), figures);
    }

    private static void ratio(Map<Figure, Double> figures, Figure ours, Figure bare, Figure ratio) {
        figures.put(ratio, figures.getOrDefault(ours, 0.0) / figures.getOrDefault(bare, 0.0));
    }

    private void say(String line) {
        out.println(line);
        out.flush();
    }
}
