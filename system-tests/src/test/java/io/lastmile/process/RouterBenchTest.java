package io.lastmile.process;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lastmile.bench.BenchResult;
import io.lastmile.bench.router.RouterBench;
import io.lastmile.bench.router.RouterOptions;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The benchmark of a router, small: every stage runs and every figure is there. */
class RouterBenchTest {
    private static final int DEVICES = 1_000;
    private static final int PARKED = 1_000;
    private static final int STORM = 200;
    private static final int PARTITIONS = 4;

    @Test
    @Timeout(300)
    void aSmallRunMeasuresEverything(@TempDir Path folder) throws Exception {
        var options =
                new RouterOptions(DEVICES, PARKED, 10, DEVICES, PARTITIONS, 100, STORM, 1, 1, 100);
        var out = new PrintWriter(System.out, true, UTF_8);
        BenchResult result = new RouterBench(options, out).run(folder.resolve("processes"));
        Path file = folder.resolve("router.json");
        result.write(file);

        JsonNode json = new ObjectMapper().readTree(file.toFile());
        assertEquals("router", json.get("bench").asText());
        JsonNode figures = json.get("figures");
        for (String figure :
                List.of(
                        "heap_bytes_per_online_device",
                        "heap_bytes_per_parked_message",
                        "join_bytes_per_member",
                        "waiting_kafka_bytes_per_broadcast",
                        "receipt_bytes_per_expired_copy",
                        "restart_ms",
                        "restore_ms",
                        "bare_read_ms",
                        "idle_cpu_percent",
                        "isolated_p99_ms",
                        "unacked_p99_ms",
                        "inbox_cap_p99_ms",
                        "stalled_edge_p99_ms",
                        "isolation_ratio",
                        "storm_seconds",
                        "other_longest_pause_ms",
                        "reconnect_seconds")) {
            assertTrue(figures.path(figure).asDouble() > 0, () -> figure + " in " + figures);
        }
        assertEquals(STORM, figures.get("storm_devices").asInt());
        assertEquals(DEVICES, figures.get("restored_online_devices").asLong());
        assertEquals(PARKED, figures.get("restored_parked_messages").asLong());
        assertTrue(figures.get("restored_records").asLong() >= DEVICES + PARKED, figures::toString);
    }
}
