package io.lastmile.bench.throughput;

import io.lastmile.bench.Figure;
import io.lastmile.bench.Medians;
import io.lastmile.bench.process.ProcessorTime;
import io.lastmile.bench.process.Recordings;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A warm-up and then rounds, of all sides in turn, and the medians of what they came to. */
final class Rounds {
    private final LoadOptions options;
    private final PrintWriter out;
    private final @Nullable Recordings recordings;
    private final Medians medians = new Medians();
    private long messages;
    private long lost;
    private long duplicates;
    private long refused;

    /**
     * None yet.
     *
     * @param recordings made in the last round of Lastmile
     */
    Rounds(LoadOptions options, PrintWriter out, @Nullable Recordings recordings) {
        this.options = options;
        this.out = out;
        this.recordings = recordings;
    }

    /** Runs them and closes the sides. */
    Map<Figure, Double> run(List<Side> sides) throws Exception {
        try {
            for (int round = 0; round <= options.rounds(); round++) {
                say(round == 0 ? "warm-up" : "round " + round + "/" + options.rounds());
                for (Side side : sides) {
                    side.connect();
                    round(round, side);
                    side.disconnect();
                }
            }
        } finally {
            for (Side side : sides) {
                side.close();
            }
        }
        return figures();
    }

    private void round(int number, Side side) throws Exception {
        Recordings recorded =
                number == options.rounds() && side instanceof LastmileSide ? recordings : null;
        if (recorded != null) {
            recorded.begin();
        }
        Map<Figure, Long> beforeUs = cpuUs(side);
        Side.Round round = side.run(number == 0 ? options.warmUpSeconds() : options.seconds());
        Map<Figure, Long> afterUs = cpuUs(side);
        if (recorded != null) {
            recorded.end();
        }
        tell(side, round);
        if (number == 0) {
            return;
        }
        medians.add(side.rate(), round.perSecond());
        afterUs.forEach((figure, us) -> {
            double spentUs = us - beforeUs.getOrDefault(figure, 0L);
            medians.add(figure, spentUs / round.messages());
        });
        if (side instanceof LastmileSide) {
            messages += round.messages();
            lost += round.lost();
            duplicates += round.duplicates();
            refused += round.refused();
        }
    }

    private void tell(Side side, Side.Round round) {
        say(
                "  %-10s %,8.0f messages a second, %,d in all, %d lost, %d again, %d refused"
                        .formatted(
                                side.name(),
                                round.perSecond(),
                                round.messages(),
                                round.lost(),
                                round.duplicates(),
                                round.refused()));
        if (round.refused() > 0) {
            say("  refused: " + side.lastRefusal());
        }
    }

    private static Map<Figure, Long> cpuUs(Side side) throws IOException {
        Map<Figure, Long> us = new HashMap<>();
        for (Map.Entry<Figure, Long> process : side.pids().entrySet()) {
            us.put(process.getKey(), ProcessorTime.us(process.getValue()));
        }
        return us;
    }

    private Map<Figure, Double> figures() {
        Map<Figure, Double> figures = medians.figures();
        ratio(figures, Figure.BARE_THROUGHPUT, Figure.THROUGHPUT_RATIO);
        ratio(figures, Figure.BRIDGE_THROUGHPUT, Figure.BRIDGE_RATIO);
        figures.put(Figure.THROUGHPUT_MESSAGES, (double) messages);
        figures.put(Figure.LOST, (double) lost);
        figures.put(Figure.DUPLICATES, (double) duplicates);
        figures.put(Figure.THROUGHPUT_REFUSED, (double) refused);
        return figures;
    }

    private static void ratio(Map<Figure, Double> figures, Figure of, Figure ratio) {
        Double rate = figures.get(of);
        if (rate != null) {
            figures.put(ratio, figures.getOrDefault(Figure.THROUGHPUT, 0.0) / rate);
        }
    }

    private void say(String line) {
        out.println(line);
        out.flush();
    }
}
