package io.lastmile.api.figures;

import com.fasterxml.jackson.core.JsonGenerator;
import io.lastmile.node.Json;
import io.lastmile.node.Metric;
import io.lastmile.node.kafka.NodesView.Seen;
import io.lastmile.wire.Incarnation;
import io.lastmile.wire.Outcome;
import io.lastmile.wire.record.NodeRecord.Heartbeat;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;

/** The figures and the nodes as JSON: what a stream of figures carries. */
final class FigurePages {
    /** A node of which nothing was heard for so long is not shown; by the brokers' times. */
    private static final long SILENT_MS_MAX = Duration.ofMinutes(10).toMillis();

    private FigurePages() {}

    /** The figures of all processes together. */
    static String figures(long atMs, Readings readings, Collection<String> addresses) {
        return Json.object(out -> {
            out.writeNumberField("atMs", atMs);
            out.writeNumberField("connections", readings.gauge(Metric.EDGE_OPEN, addresses));
            out.writeNumberField("sessions", readings.gauge(Metric.EDGE_SUBSCRIBED, addresses));
            rate(out, "acceptedPerSecond", readings.rate(Metric.API_ACCEPTED, addresses));
            rate(out, "readPerSecond", readings.rate(Metric.ROUTER_READ, addresses));
            rate(out, "sentPerSecond", readings.rate(Metric.ROUTER_SENT, addresses));
            out.writeObjectFieldStart("settledPerSecond");
            for (Outcome outcome : Outcome.values()) {
                String label = outcome.label();
                rate(out, label, readings.rate(Metric.ROUTER_SETTLED, "outcome", label, addresses));
            }
            out.writeEndObject();
            out.writeNumberField("unsettled", readings.gauge(Metric.ROUTER_UNSETTLED, addresses));
            out.writeNumberField("lag", readings.gauge(Metric.ROUTER_LAG, addresses));
            out.writeObjectFieldStart("stages");
            for (Stage stage : Stage.values()) {
                stage(out, stage, readings.counted(stage.histogram(), addresses));
            }
            out.writeEndObject();
        });
    }

    private static void stage(
            JsonGenerator out, Stage stage, NavigableMap<Double, Double> countByBound)
            throws IOException {
        out.writeObjectFieldStart(stage.label());
        double p50 = Quantile.of(countByBound, 0.5);
        if (p50 != Quantile.NONE) {
            out.writeNumberField("p50Ms", tenths(p50 * 1e3));
            out.writeNumberField("p99Ms", tenths(Quantile.of(countByBound, 0.99) * 1e3));
        }
        out.writeEndObject();
    }

    /**
     * The nodes, each with what it has to do.
     *
     * @param silentAfterMs without a sign of life
     */
    static String nodes(
            Map<Incarnation, Seen> all,
            Set<Incarnation> gone,
            long silentAfterMs,
            Readings readings) {
        long latestMs = all.values().stream().mapToLong(Seen::appendedAtMs).max().orElse(0);
        return Json.object(out -> {
            out.writeArrayFieldStart("nodes");
            for (Map.Entry<Incarnation, Seen> entry : all.entrySet()) {
                Seen seen = entry.getValue();
                if (latestMs - seen.appendedAtMs() <= SILENT_MS_MAX) {
                    NodeState state =
                            NodeState.of(
                                    seen, gone.contains(entry.getKey()), latestMs, silentAfterMs);
                    out.writeStartObject();
                    node(out, entry.getKey(), seen, state);
                    figures(out, seen.heartbeat(), state, readings);
                    out.writeEndObject();
                }
            }
            out.writeEndArray();
        });
    }

    private static void node(JsonGenerator out, Incarnation incarnation, Seen seen, NodeState state)
            throws IOException {
        Heartbeat heartbeat = seen.heartbeat();
        out.writeStringField("node", incarnation.node());
        out.writeStringField("incarnation", incarnation.toString());
        out.writeStringField("role", heartbeat.role().label());
        out.writeStringField("state", state.label());
        out.writeStringField("software", heartbeat.software());
        out.writeStringField("startedAt", Instant.ofEpochMilli(heartbeat.startedAtMs()).toString());
        out.writeStringField("heartbeatAt", Instant.ofEpochMilli(seen.appendedAtMs()).toString());
    }

    private static void figures(
            JsonGenerator out, Heartbeat heartbeat, NodeState state, Readings readings)
            throws IOException {
        String address = heartbeat.addresses().getOrDefault("admin", "");
        boolean isOver = state == NodeState.GONE || state == NodeState.LEFT;
        if (isOver || !readings.isFresh(address)) {
            return; // another incarnation may answer at its address
        }
        List<String> here = List.of(address);
        switch (heartbeat.role()) {
            case API -> {
                rate(out, "acceptedPerSecond", readings.rate(Metric.API_ACCEPTED, here));
                out.writeNumberField("inFlightBytes", readings.gauge(Metric.API_IN_FLIGHT, here));
            }
            case ROUTER -> {
                out.writeNumberField("partitions", readings.gauge(Metric.ROUTER_OWNED, here));
                rate(out, "sentPerSecond", readings.rate(Metric.ROUTER_SENT, here));
                out.writeNumberField("unsettled", readings.gauge(Metric.ROUTER_UNSETTLED, here));
                out.writeNumberField("lag", readings.gauge(Metric.ROUTER_LAG, here));
            }
            case EDGE -> {
                out.writeNumberField("connections", readings.gauge(Metric.EDGE_OPEN, here));
                rate(out, "publishedPerSecond", readings.rate(Metric.EDGE_PUBLISHED, here));
                out.writeNumberField(
                        "pendingEvents", readings.gauge(Metric.EDGE_EVENTS_PENDING, here));
            }
        }
    }

    private static void rate(JsonGenerator out, String name, double perSecond) throws IOException {
        out.writeNumberField(name, tenths(perSecond));
    }

    private static double tenths(double value) {
        return Math.round(value * 10) / 10.0;
    }
}
