package io.lastmile.api.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

/** Text of the console can be read in light and dark: WCAG 2, section 1.4.3. */
class ContrastTest {
    private static final double LEAST = 4.5;
    private static final double PILL = 0.13;
    private static final Pattern ROOT = Pattern.compile(":root \\{([^}]*)}");
    private static final Pattern COLOUR =
            Pattern.compile("--([a-z-]+): #([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2});");

    private static String style() throws IOException {
        try (InputStream in = ConsoleFile.class.getResourceAsStream("style.css")) {
            return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** The colours of light and of dark, each as red, green and blue from 0 to 1. */
    private static List<Map<String, double[]>> themes() throws IOException {
        List<Map<String, double[]>> themes = new ArrayList<>();
        for (MatchResult root : ROOT.matcher(style()).results().toList()) {
            Map<String, double[]> colours = new HashMap<>();
            for (MatchResult one : COLOUR.matcher(root.group(1)).results().toList()) {
                colours.put(one.group(1), new double[] {part(one, 2), part(one, 3), part(one, 4)});
            }
            themes.add(colours);
        }
        return themes;
    }

    private static double part(MatchResult colour, int group) {
        return Integer.parseInt(colour.group(group), 16) / 255.0;
    }

    private static double[] of(Map<String, double[]> theme, String name) {
        return Objects.requireNonNull(theme.get(name), name);
    }

    private static double[] over(double[] colour, double share, double[] ground) {
        double[] mixed = new double[3];
        for (int i = 0; i < 3; i++) {
            mixed[i] = colour[i] * share + ground[i] * (1 - share);
        }
        return mixed;
    }

    private static double luminance(double[] colour) {
        double[] linear =
                DoubleStream.of(colour)
                        .map(v -> v <= 0.03928 ? v / 12.92 : Math.pow((v + 0.055) / 1.055, 2.4))
                        .toArray();
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
    }

    private static double contrast(double[] a, double[] b) {
        double bright = Math.max(luminance(a), luminance(b));
        double dim = Math.min(luminance(a), luminance(b));
        return (bright + 0.05) / (dim + 0.05);
    }

    @Test
    void everyTextIsReadableInLightAndDark() throws IOException {
        List<Map<String, double[]>> themes = themes();
        assertEquals(2, themes.size());
        for (Map<String, double[]> theme : themes) {
            for (String ground : List.of("paper", "sheet", "field")) {
                readable(of(theme, "ink"), of(theme, ground), "ink on " + ground);
                readable(of(theme, "muted"), of(theme, ground), "muted on " + ground);
            }
            for (String colour : List.of("blue", "green", "orange", "red")) {
                for (String ground : List.of("paper", "sheet")) {
                    double[] pill = over(of(theme, colour), PILL, of(theme, ground));
                    readable(of(theme, colour), pill, "pill of " + colour + " on " + ground);
                }
            }
            readable(of(theme, "on-blue"), of(theme, "blue"), "button");
        }
        assertTrue(style().contains("::placeholder { color: var(--muted); opacity: 1; }"));
    }

    private static void readable(double[] text, double[] ground, String what) {
        double is = contrast(text, ground);
        assertTrue(is >= LEAST, () -> "%s: %.2f".formatted(what, is));
    }
}
