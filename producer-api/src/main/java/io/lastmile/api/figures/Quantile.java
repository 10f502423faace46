package io.lastmile.api.figures;

import java.util.Map;
import java.util.NavigableMap;

/** Quantiles of a histogram, even within a bucket. */
final class Quantile {
    /** Where nothing was counted. */
    static final double NONE = -1;

    private Quantile() {}

    /**
     * The value below which that share lies.
     *
     * @param countByBound how many were at most each bound; the last bound may be infinite
     * @param share 0 to 1
     */
    static double of(NavigableMap<Double, Double> countByBound, double share) {
        if (countByBound.isEmpty() || countByBound.lastEntry().getValue() <= 0) {
            return NONE;
        }
        double rank = share * countByBound.lastEntry().getValue();
        double lowerBound = 0;
        double below = 0;
        for (Map.Entry<Double, Double> bucket : countByBound.entrySet()) {
            double upTo = bucket.getValue();
            if (upTo >= rank && upTo > below) {
                // Nothing is known of how far beyond the last bound a value was.
                return bucket.getKey().isInfinite()
                        ? lowerBound
                        : lowerBound
                                + (bucket.getKey() - lowerBound) * (rank - below) / (upTo - below);
            }
            lowerBound = bucket.getKey().isInfinite() ? lowerBound : bucket.getKey();
            below = upTo;
        }
        return lowerBound;
    }
}
