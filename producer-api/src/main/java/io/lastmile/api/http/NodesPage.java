package io.lastmile.api.http;

import com.fasterxml.jackson.core.JsonGenerator;
import io.lastmile.node.Json;
import io.lastmile.node.kafka.NodesView.Seen;
import io.lastmile.wire.Incarnation;
import io.lastmile.wire.record.NodeRecord.Claim;
import io.lastmile.wire.record.NodeRecord.Heartbeat;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/** {@code GET /v1/nodes}: the nodes that gave a sign of life not long before the latest one. */
final class NodesPage {
    /** By the brokers' append times, so that no clock of this machine matters. */
    private static final long SILENT_MS_MAX = Duration.ofMinutes(10).toMillis();

    private NodesPage() {}

    static String json(Map<Incarnation, Seen> seen) {
        long latestMs = seen.values().stream().mapToLong(Seen::appendedAtMs).max().orElse(0);
        return Json.object(out -> {
            out.writeArrayFieldStart("nodes");
            for (Map.Entry<Incarnation, Seen> entry : seen.entrySet()) {
                if (entry.getValue().appendedAtMs() >= latestMs - SILENT_MS_MAX) {
                    write(out, entry.getKey(), entry.getValue());
                }
            }
            out.writeEndArray();
        });
    }

    private static void write(JsonGenerator out, Incarnation incarnation, Seen seen)
            throws IOException {
        Heartbeat heartbeat = seen.heartbeat();
        out.writeStartObject();
        out.writeStringField("node", incarnation.node());
        out.writeStringField("incarnation", incarnation.toString());
        out.writeStringField("role", heartbeat.role().label());
        out.writeBooleanField("draining", heartbeat.draining());
        out.writeStringField("software", heartbeat.software());
        out.writeStringField("startedAt", time(heartbeat.startedAtMs()));
        out.writeStringField("heartbeatAt", time(seen.appendedAtMs()));
        out.writeObjectFieldStart("addresses");
        for (Map.Entry<String, String> address : heartbeat.addresses().entrySet()) {
            out.writeStringField(address.getKey(), address.getValue());
        }
        out.writeEndObject();
        out.writeObjectFieldStart("load");
        for (Map.Entry<String, Long> figure : heartbeat.load().entrySet()) {
            out.writeNumberField(figure.getKey(), figure.getValue());
        }
        out.writeEndObject();
        out.writeArrayFieldStart("claims");
        for (Claim claim : heartbeat.claims()) {
            out.writeStartObject();
            out.writeNumberField("partition", claim.partition());
            out.writeNumberField("epoch", claim.epoch());
            out.writeEndObject();
        }
        out.writeEndArray();
        out.writeEndObject();
    }

    private static String time(long ms) {
        return Instant.ofEpochMilli(ms).toString();
    }
}
