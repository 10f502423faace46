package io.lastmile.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.lastmile.architecture.SourceTree;
import io.lastmile.node.Metric;
import io.lastmile.process.foreign.Programs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The dashboard and the alerts ask for metrics that there are, by labels that these have. */
class ObservabilityTest {
    private static final Path DEPLOY = SourceTree.root().resolve("deploy");
    private static final Path ALERTS = DEPLOY.resolve("prometheus/alerts.yml");

    private static final Pattern NAME = Pattern.compile("lastmile_\\w+");
    private static final Pattern SELECTOR = Pattern.compile("(lastmile_\\w+)\\{(\\w+)");
    private static final Pattern BY = Pattern.compile("by \\(([^)]*)\\)");

    /** Prometheus adds these: where it asked, and the bounds of a histogram. */
    private static final Set<String> OF_PROMETHEUS = Set.of("instance", "job", "le");

    private static final Map<String, Metric> METRICS = metrics();

    private static Map<String, Metric> metrics() {
        Map<String, Metric> byName = new HashMap<>();
        for (Metric metric : Metric.values()) {
            if (metric.kind() == Metric.Kind.HISTOGRAM) {
                for (String suffix : List.of("_bucket", "_count", "_sum")) {
                    byName.put(metric.metricName() + suffix, metric);
                }
            } else {
                byName.put(metric.metricName(), metric);
            }
        }
        return byName;
    }

    /** What is wrong with a question to Prometheus. */
    private static List<String> mistakes(String query) {
        List<String> mistakes = new ArrayList<>();
        Set<String> labels = new TreeSet<>(OF_PROMETHEUS);
        Matcher name = NAME.matcher(query);
        while (name.find()) {
            Metric metric = METRICS.get(name.group());
            if (metric == null) {
                mistakes.add("no metric " + name.group());
            } else {
                labels.addAll(metric.labels());
            }
        }
        Matcher selector = SELECTOR.matcher(query);
        while (selector.find()) {
            Metric metric = METRICS.get(selector.group(1));
            if (metric != null && !metric.labels().contains(selector.group(2))) {
                mistakes.add(selector.group());
            }
        }
        Matcher by = BY.matcher(query);
        while (by.find()) {
            Arrays.stream(by.group(1).split(",", -1))
                    .map(String::strip)
                    .filter(label -> !labels.contains(label))
                    .forEach(mistakes::add);
        }
        return mistakes;
    }

    private static List<String> queriesOfTheDashboard() throws IOException {
        JsonNode dashboard =
                new ObjectMapper().readTree(DEPLOY.resolve("grafana/lastmile.json").toFile());
        return dashboard.findValuesAsText("expr");
    }

    private static List<String> queriesOfTheAlerts() throws IOException {
        return new ObjectMapper(new YAMLFactory())
                .readTree(ALERTS.toFile())
                .findValuesAsText("expr");
    }

    @Test
    void aQueryForWhatIsNotThereIsAMistake() {
        assertEquals(
                List.of("no metric lastmile_router_reads_total"),
                mistakes("rate(lastmile_router_reads_total[5m])"));
        assertEquals(
                List.of("lastmile_router_hops_connections{stat"),
                mistakes("lastmile_router_hops_connections{stat=\"open\"}"));
        assertEquals(
                List.of("outcomes"),
                mistakes("sum by (outcomes) (rate(lastmile_router_settled_messages_total[5m]))"));
    }

    @Test
    void theDashboardAsksForWhatIsThere() throws IOException {
        List<String> queries = queriesOfTheDashboard();
        assertTrue(queries.size() > 20, queries::toString);
        assertEquals(List.of(), queries.stream().flatMap(q -> mistakes(q).stream()).toList());
    }

    @Test
    void theAlertsAskForWhatIsThere() throws IOException {
        List<String> queries = queriesOfTheAlerts();
        assertTrue(queries.size() >= 8, queries::toString);
        assertEquals(List.of(), queries.stream().flatMap(q -> mistakes(q).stream()).toList());
    }

    @Test
    void prometheusTakesItsFilesAndFiresWhenItShould(@TempDir Path folder) throws Exception {
        assumeTrue(Programs.find("promtool").isPresent(), "promtool is not installed");
        for (String config : List.of("compose.yml", "prometheus.yml")) {
            promtool(folder, "check", "config", DEPLOY.resolve("prometheus/" + config).toString());
        }
        try (var tests = getClass().getResourceAsStream("alerts-test.yml")) {
            Files.copy(Objects.requireNonNull(tests), folder.resolve("alerts-test.yml"));
        }
        Files.copy(ALERTS, folder.resolve("alerts.yml"));
        promtool(folder, "test", "rules", "alerts-test.yml");
    }

    private static void promtool(Path folder, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("promtool"));
        command.addAll(List.of(arguments));
        Process process =
                new ProcessBuilder(command)
                        .directory(folder.toFile())
                        .redirectErrorStream(true)
                        .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), said);
    }
}
