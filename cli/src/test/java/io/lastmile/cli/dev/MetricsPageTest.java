package io.lastmile.cli.dev;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lastmile.cli.service.MetricsPage;
import io.lastmile.node.Metric;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** docs/metrics.md says what there is, and nobody asks for what there is not. */
class MetricsPageTest {
    private static final Path ROOT = Path.of("..");
    private static final Path PAGE = ROOT.resolve("docs").resolve("metrics.md");
    private static final Pattern NAME = Pattern.compile("\\blastmile_[a-z_]+");
    private static final Pattern PART = Pattern.compile("_(bucket|count|sum)$");

    @Test
    void thePageIsThatOfTheCode() throws IOException {
        String made = MetricsPage.text();
        if (Boolean.getBoolean("lastmile.docs.write")) {
            Files.writeString(PAGE, made);
        }
        assertEquals(
                made,
                Files.exists(PAGE) ? Files.readString(PAGE) : "",
                "write it anew: mvn -pl cli -am test -Dtest=MetricsPageTest"
                        + " -Dsurefire.failIfNoSpecifiedTests=false -Dlastmile.docs.write=true");
        for (Metric metric : Metric.values()) {
            assertTrue(made.contains("`" + metric.metricName() + "`"), metric + " is on it");
        }
    }

    @Test
    void dashboardsAndAlertsAskForWhatThereIs() throws IOException {
        Set<String> known = new TreeSet<>();
        for (Metric metric : Metric.values()) {
            known.add(metric.metricName());
        }
        Set<String> unknown = new TreeSet<>();
        int asked = 0;
        for (Path file : files(ROOT.resolve("deploy"))) {
            Matcher name = NAME.matcher(Files.readString(file));
            while (name.find()) {
                asked++;
                if (!known.contains(PART.matcher(name.group()).replaceAll(""))) {
                    unknown.add(file.getFileName() + ": " + name.group());
                }
            }
        }
        assertTrue(asked > 20, "metrics are asked for");
        assertEquals(Set.of(), unknown);
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile).toList();
        }
    }
}
