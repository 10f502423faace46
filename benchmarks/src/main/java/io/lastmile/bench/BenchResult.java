package io.lastmile.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a benchmark found, and what is needed to compare it with another run.
 *
 * @param bench its name
 * @param settings that it ran with, by flag
 */
public record BenchResult(String bench, Map<String, Object> settings, Map<Figure, Double> figures) {
    private static final ObjectMapper JSON =
            new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    public BenchResult {
        settings = new LinkedHashMap<>(settings);
        figures = new EnumMap<>(figures);
    }

    /**
     * Writes it as {@code
     * {"bench":…,"commit":…,"versions":…,"settings":…,"machine":…,"figures":…}}.
     */
    public void write(Path file) throws IOException {
        Map<String, Double> byLabel = new LinkedHashMap<>();
        figures.forEach((figure, value) -> byLabel.put(figure.label(), value));
        write(file, bench, settings, byLabel);
    }

    /** The same for a benchmark whose figures have names of their own. */
    public static void write(
            Path file, String bench, Map<String, Object> settings, Map<String, ?> figuresByName)
            throws IOException {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("bench", bench);
        json.put("commit", Machine.commit());
        json.put("versions", Versions.description());
        json.put("settings", settings);
        json.put("machine", Machine.description());
        json.put("figures", figuresByName);
        JSON.writeValue(file.toFile(), json);
    }

    /** The figures as lines for people. */
    public String table() {
        StringBuilder table = new StringBuilder();
        figures.forEach((figure, value) ->
                table.append(
                        String.format(
                                "  %-30s %14.3f  %s%n",
                                figure.label(), value, figure.description())));
        return table.toString();
    }
}
