package io.lastmile.bench;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** What was measured in every round, figure by figure, and the medians. */
public final class Medians {
    private final Map<Figure, List<Double>> rounds = new EnumMap<>(Figure.class);

    /** A round's value. */
    public void add(Figure figure, double value) {
        rounds.computeIfAbsent(figure, _ -> new ArrayList<>()).add(value);
    }

    /** The median of every figure; of an even number of rounds, the middle of the middle two. */
    public Map<Figure, Double> figures() {
        Map<Figure, Double> medians = new EnumMap<>(Figure.class);
        rounds.forEach((figure, values) -> medians.put(figure, median(values)));
        return medians;
    }

    private static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1
                ? sorted.get(middle)
                : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }
}
