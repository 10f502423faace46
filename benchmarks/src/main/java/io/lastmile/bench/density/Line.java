package io.lastmile.bench.density;

import java.util.Arrays;

/** Slopes of lines through measured points, and how far they can be trusted. */
final class Line {
    /** Student's t, 97.5 %, by degrees of freedom from 1. */
    private static final double[] STUDENT = {
        12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262
    };

    private Line() {}

    /** The slope of the line of least squares. */
    static double slope(double[] x, double[] y) {
        double meanX = mean(x);
        double meanY = mean(y);
        double above = 0;
        double below = 0;
        for (int i = 0; i < x.length; i++) {
            above += (x[i] - meanX) * (y[i] - meanY);
            below += (x[i] - meanX) * (x[i] - meanX);
        }
        return above / below;
    }

    static double mean(double[] values) {
        return Arrays.stream(values).average().orElseThrow();
    }

    /** Half of the interval around the mean that holds the true value with 95 %. */
    static double halfInterval(double[] values) {
        if (values.length < 2) {
            return 0; // nothing can be said about one value
        }
        double mean = mean(values);
        double squares = Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum();
        int freedom = values.length - 1;
        return STUDENT[freedom - 1] * Math.sqrt(squares / freedom / values.length);
    }
}
