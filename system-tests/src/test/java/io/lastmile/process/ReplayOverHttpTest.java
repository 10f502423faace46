package io.lastmile.process;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lastmile.process.foreign.ForeignClient;
import io.lastmile.process.foreign.ForeignDevice;
import io.lastmile.process.foreign.Inbox;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.MessageId;
import io.lastmile.wire.Outcome;
import io.lastmile.wire.Transport;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@code /v1/replays} on a real Kafka: what was asked for goes out, once, and nothing else. */
@Timeout(value = 120, unit = java.util.concurrent.TimeUnit.SECONDS)
class ReplayOverHttpTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final DeviceId ABSENT = new DeviceId("replayed-absent-1");
    private static final String DEBUG = "replayed-debug-1";

    @Test
    void whatWasTakenBackGoesToAnotherDevice() throws Exception {
        List<MessageId> cancelled = new ArrayList<>();
        for (String payload : List.of("one", "two", "three")) {
            cancelled.add(SharedLastmile.api().accepted(ABSENT, payload));
        }
        MessageId kept = SharedLastmile.api().accepted(ABSENT, "four");
        for (MessageId id : cancelled) {
            assertEquals(202, SharedLastmile.api().delete("/v1/messages/" + id).statusCode());
        }
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> {
                    for (MessageId id : cancelled) {
                        assertEquals(
                                List.of(Outcome.CANCELLED), SharedLastmile.ledger().outcomes(id));
                    }
                });

        JsonNode counted = replay("counted", true);
        assertEquals(3, counted.path("messages").asInt(), counted.toString());
        assertEquals(11, counted.path("bytes").asInt());
        assertEquals(1, counted.path("devices").asInt());

        try (ForeignDevice debug =
                ForeignClient.PAHO_311.connect(
                        SharedLastmile.url(Transport.TCP), Inbox.of(DEBUG))) {
            JsonNode sent = replay("sent", false);
            assertEquals(3, sent.path("messages").asInt(), sent.toString());
            for (String payload : List.of("one", "two", "three")) {
                assertEquals(payload, debug.next().payload());
            }
            JsonNode again = replay("sent", false);
            assertEquals(3, again.path("messages").asInt(), again.toString());
            MessageId last = SharedLastmile.api().accepted(new DeviceId(DEBUG), "last");
            assertEquals("last", debug.next().payload(), "what came again was a duplicate");
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() ->
                            assertEquals(
                                    List.of(Outcome.DELIVERED),
                                    SharedLastmile.ledger().outcomes(last)));
        }
        assertEquals(
                200, SharedLastmile.api().ask("/v1/messages/" + kept).statusCode(), "still there");
        assertEquals(202, SharedLastmile.api().delete("/v1/messages/" + kept).statusCode());
    }

    private static JsonNode replay(String name, boolean isDry) {
        String order =
                """
                {"name":"%s","devices":["%s"],"from":"2020-01-01T00:00:00Z","outcome":"cancelled",
                "toDevices":["%s"],"dryRun":%s}\
                """
                        .formatted(name, ABSENT, DEBUG, isDry);
        HttpResponse<String> begun = SharedLastmile.api().postJson("/v1/replays", order);
        assertEquals(202, begun.statusCode(), begun.body());
        JsonNode ended =
                await().atMost(Duration.ofSeconds(30))
                        .until(
                                () ->
                                        JSON.readTree(
                                                SharedLastmile.api()
                                                        .ask("/v1/replays/" + name)
                                                        .body()),
                                replay -> !replay.path("state").asText().equals("running"));
        assertEquals("done", ended.path("state").asText(), ended.toString());
        assertTrue(ended.path("percentRead").asInt() == 100, ended.toString());
        return ended;
    }
}
