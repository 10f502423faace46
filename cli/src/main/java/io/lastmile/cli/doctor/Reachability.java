package io.lastmile.cli.doctor;

import io.lastmile.cli.NodesNow;
import io.lastmile.node.Metric;
import io.lastmile.wire.NodeRole;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Asks the nodes themselves, at their admin addresses, how they are. */
final class Reachability {
    private static final Duration WAIT = Duration.ofSeconds(3);

    private Reachability() {}

    static List<Finding> of(List<NodesNow.Seen> here) {
        boolean namesakes = here.stream().anyMatch(seen -> NodeChecks.hasNamesake(seen, here));
        List<Finding> findings = new ArrayList<>();
        try (HttpClient http = HttpClient.newBuilder().connectTimeout(WAIT).build()) {
            for (NodesNow.Seen seen : here) {
                String admin = seen.heartbeat().addresses().get("admin");
                if (admin != null) {
                    findings.addAll(of(http, seen, admin, namesakes));
                }
            }
        }
        return findings;
    }

    /**
     * One node.
     *
     * @param namesakes whether some nodes cut each other's hops, so that a cut hop says no more
     */
    private static List<Finding> of(
            HttpClient http, NodesNow.Seen seen, String admin, boolean namesakes) {
        String what = seen.node().toString();
        Optional<HttpResponse<String>> ready = get(http, admin, "/health/ready");
        if (ready.isEmpty()) {
            return List.of(
                    Finding.warn(
                            what,
                            "its admin address %s cannot be reached from here, so that it was not asked"
                                    .formatted(admin)));
        }
        if (ready.get().statusCode() != 200) {
            return List.of(Finding.fail(what, "is not ready: " + ready.get().body().strip()));
        }
        if (seen.heartbeat().role() != NodeRole.ROUTER || namesakes) {
            return List.of(Finding.ok(what, "is ready"));
        }
        double cutOff =
                get(http, admin, "/metrics").map(metrics -> cutOffHops(metrics.body())).orElse(0.0);
        return List.of(
                cutOff > 0
                        ? Finding.fail(
                                what,
                                "cannot reach %.0f of the edges' hop addresses: check edge.hop.advertised, the network, and hop.secret"
                                        .formatted(cutOff))
                        : Finding.ok(what, "is ready and reaches every edge"));
    }

    /** Hops that are not open, of the text of a router's metrics. */
    static double cutOffHops(String metrics) {
        String name = Metric.ROUTER_HOPS.metricName();
        return metrics.lines()
                .filter(line -> line.startsWith(name + "{") && line.contains("\"cut_off\""))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    private static Optional<HttpResponse<String>> get(
            HttpClient http, String address, String path) {
        try {
            return Optional.of(
                    http.send(
                            HttpRequest.newBuilder(URI.create("http://" + address + path))
                                    .timeout(WAIT)
                                    .build(),
                            HttpResponse.BodyHandlers.ofString()));
        } catch (IOException | IllegalArgumentException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }
}
