package io.lastmile.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchResultTest {
    @Test
    void whatAnotherRunIsComparedByIsWritten(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("result.json");
        new BenchResult("storm", Map.of("rounds", 3), Map.of(Figure.CONNECTS, 2.5)).write(file);

        JsonNode json = new ObjectMapper().readTree(file.toFile());
        assertEquals("storm", json.path("bench").asText());
        assertEquals(3, json.path("settings").path("rounds").asInt());
        assertEquals(2.5, json.path("figures").path(Figure.CONNECTS.label()).asDouble());
        assertEquals(Runtime.version().toString(), json.path("machine").path("java").asText());
        assertTrue(json.path("machine").path("processors").asInt() > 0, json::toString);
        for (String library : new String[] {"kafka", "netty"}) {
            String version = json.path("versions").path(library).asText();
            assertTrue(version.matches("\\d+\\.\\d+.*"), json::toString);
        }
        assertTrue(json.path("versions").has("lastmile"), json::toString);
    }
}
