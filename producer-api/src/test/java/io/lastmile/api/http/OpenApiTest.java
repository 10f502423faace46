package io.lastmile.api.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lastmile.node.Admin;
import io.lastmile.node.HopSecret;
import io.lastmile.node.Metrics;
import io.lastmile.node.QueryAnswer;
import io.lastmile.node.kafka.NodesView.Seen;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.Incarnation;
import io.lastmile.wire.NodeRole;
import io.lastmile.wire.record.NodeRecord.Claim;
import io.lastmile.wire.record.NodeRecord.Heartbeat;
import io.lastmile.wire.record.NodeRecord.RouterPartitions;
import io.lastmile.wire.record.RevocationRecord;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Holds the document to the implementation: each answer that it promises is given, and no other.
 */
class OpenApiTest {
    private static final String NDJSON = "application/x-ndjson";
    private static final String JSON = "application/json";

    private final RunningApi api = new RunningApi(true);
    private final Admin router = new Admin("127.0.0.1", 0, new Metrics());
    private final HttpClient client = HttpClient.newHttpClient();
    private final Set<String> given = new TreeSet<>();

    @AfterEach
    void close() {
        client.shutdownNow();
        router.close();
        api.close();
    }

    private Set<String> promised() throws Exception {
        Set<String> promised = new TreeSet<>();
        JsonNode document = new ObjectMapper().readTree(api.get("/openapi.json").body());
        assertEquals("3.1.0", document.path("openapi").asText());
        for (Map.Entry<String, JsonNode> path : document.path("paths").properties()) {
            for (Map.Entry<String, JsonNode> method : path.getValue().properties()) {
                for (Map.Entry<String, JsonNode> answer :
                        method.getValue().path("responses").properties()) {
                    for (Map.Entry<String, JsonNode> type :
                            answer.getValue().path("content").properties()) {
                        promised.add(
                                method.getKey().toUpperCase(Locale.ROOT)
                                        + " "
                                        + path.getKey()
                                        + " "
                                        + answer.getKey()
                                        + " "
                                        + type.getKey());
                    }
                }
            }
        }
        return promised;
    }

    private void ask(Route route, String path, String body, String... headers) throws Exception {
        HttpRequest.Builder request =
                api.to(path).method(route.method(), HttpRequest.BodyPublishers.ofString(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        HttpResponse<InputStream> answer =
                client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
        given.add(
                route.method()
                        + " "
                        + route.template()
                        + " "
                        + answer.statusCode()
                        + " "
                        + answer.headers().firstValue("content-type").orElse(""));
        boolean isStream = route == Route.RECEIPTS || route == Route.FIGURES;
        if (!isStream || answer.statusCode() != 200) {
            answer.body().readAllBytes(); // a stream has no end
        }
    }

    @Test
    void whatIsPromisedIsGivenAndNothingElse() throws Exception {
        withoutAnOwner();
        ownsEverything();
        withAnOwner();
        posts();
        withoutRoom();
        withoutKafka();
        traces();
        replays();
        ask(Route.FIGURES, "/v1/figures", "");
        api.closeFigures();
        ask(Route.FIGURES, "/v1/figures", "");
        assertEquals(promised(), given);
    }

    private void withoutAnOwner() throws Exception {
        ask(Route.MESSAGE, "/v1/messages/1-1", "");
        ask(Route.CANCEL_MESSAGE, "/v1/messages/1-1", "");
        ask(Route.DEVICE, "/v1/devices/d", "");
        ask(Route.DEVICE_MESSAGES, "/v1/devices/d/messages", "");
        ask(Route.FORGET_DEVICE, "/v1/devices/d", "");
    }

    private void replays() throws Exception {
        ask(Route.POST_REPLAY, "/v1/replays", "{}");
        ask(Route.POST_REPLAY, "/v1/replays", "{}", "Content-Type", JSON);
        ask(Route.POST_REPLAY, "/v1/replays", " ".repeat(300_000), "Content-Type", JSON);
        api.topicsAway = true;
        ask(Route.POST_REPLAY, "/v1/replays", "{\"ids\":\"1-0\"}", "Content-Type", JSON);
        api.topicsAway = false;
        api.hasMoreToCome = true;
        ask(
                Route.POST_REPLAY,
                "/v1/replays",
                "{\"name\":\"one\",\"ids\":\"1-0..1-1\"}",
                "Content-Type",
                JSON);
        ask(Route.POST_REPLAY, "/v1/replays", "{\"ids\":\"1-0\"}", "Content-Type", JSON);
        ask(Route.REPLAYS, "/v1/replays", "");
        ask(Route.REPLAY, "/v1/replays/one", "");
        ask(Route.REPLAY, "/v1/replays/two", "");
        ask(Route.STOP_REPLAY, "/v1/replays/one", "");
        ask(Route.STOP_REPLAY, "/v1/replays/two", "");
    }

    private void ownsEverything() {
        router.query(
                "/state/messages",
                HopSecret.of("s3cr3t"),
                path ->
                        switch (path.getFirst()) {
                            case "1-1" ->
                                    new QueryAnswer(
                                            200,
                                            "{\"id\":\"1-1\",\"device\":\"d\",\"state\":\"parked\"}");
                            case "1-2" ->
                                    new QueryAnswer(
                                            200,
                                            "{\"id\":\"1-2\",\"device\":\"d\",\"state\":\"settled\"}");
                            default -> new QueryAnswer(404, "{}");
                        });
        router.query("/state/devices", HopSecret.of("s3cr3t"), _ -> new QueryAnswer(200, "{}"));
        List<Claim> claims =
                IntStream.range(0, RunningApi.PARTITIONS).mapToObj(p -> new Claim(p, 1)).toList();
        api.nodes.put(
                new Incarnation("router-1", 1),
                new Seen(
                        new Heartbeat(
                                NodeRole.ROUTER,
                                false,
                                1,
                                5,
                                "test",
                                Map.of("admin", router.address()),
                                Map.of(),
                                new RouterPartitions(claims, Set.of())),
                        0,
                        1));
    }

    private void withAnOwner() throws Exception {
        for (String id : List.of("1-1", "1-2", "1-3", "x")) {
            ask(Route.MESSAGE, "/v1/messages/" + id, "");
            ask(Route.CANCEL_MESSAGE, "/v1/messages/" + id, "");
        }
        for (String device : List.of("d", "a%20b")) {
            ask(Route.DEVICE, "/v1/devices/" + device, "");
            ask(Route.DEVICE_MESSAGES, "/v1/devices/" + device + "/messages", "");
            ask(Route.FORGET_DEVICE, "/v1/devices/" + device, "");
            revocations(device);
        }
        ask(Route.NODES, "/v1/nodes", "");
        ask(Route.OPENAPI, "/openapi.json", "");
    }

    private void revocations(String device) throws Exception {
        String revocation = "/v1/devices/" + device + "/revocation";
        ask(Route.REVOCATION, revocation, "");
        ask(Route.REVOKE, revocation, "");
        ask(Route.ALLOW, revocation, "");
        ask(Route.DISCONNECT, "/v1/devices/" + device + "/disconnect", "");
    }

    private void posts() throws Exception {
        String to = "/v1/devices/d/messages";
        ask(Route.POST_MESSAGE, to, "x");
        ask(Route.POST_MESSAGE, to, "x", "TTL", "soon");
        ask(Route.POST_MESSAGE, to, "x".repeat(RunningApi.PAYLOAD_BYTES_MAX + 1));
        ask(Route.POST_MESSAGE, to, "x", "Content-Encoding", "gzip");
        ask(Route.POST_MESSAGE, to, "x", "Idempotency-Key", "k");
        ask(Route.POST_MESSAGE, to, "y", "Idempotency-Key", "k");
        String batch = "/v1/messages";
        ask(Route.POST_MESSAGES, batch, "{\"device\":\"d\"}", "Content-Type", NDJSON);
        ask(Route.POST_MESSAGES, batch, "[{\"device\":\"d\"}]", "Content-Type", JSON);
        ask(Route.POST_MESSAGES, batch, "{}", "Content-Type", JSON);
        ask(Route.POST_MESSAGES, batch, "[]", "Content-Type", "text/plain");
        String tooLong = " ".repeat(Batches.ARRAY_BYTES_MAX + 1);
        ask(Route.POST_MESSAGES, batch, tooLong, "Content-Type", JSON);
    }

    private void traces() throws Exception {
        for (String id : List.of(TracedTopics.ID.toString(), "2-7", "x")) {
            ask(Route.MESSAGE_TRACE, "/v1/messages/" + id + "/trace", "");
        }
        ask(Route.DEVICE_TRACE, "/v1/devices/d/trace", "");
        ask(Route.DEVICE_TRACE, "/v1/devices/d/trace?from=soon", "");
        api.topicsAway = true;
        ask(Route.MESSAGE_TRACE, "/v1/messages/1-1/trace", "");
        ask(Route.DEVICE_TRACE, "/v1/devices/d/trace", "");
    }

    private void withoutKafka() throws Exception {
        api.revoked.clear();
        api.kafka.sendException = new TimeoutException("away");
        revocations("d");
        api.kafka.sendException = null;
    }

    private void withoutRoom() throws Exception {
        RevocationRecord revocation = new RevocationRecord(1, "", "");
        api.revoked.put(new DeviceId("a"), revocation);
        api.revoked.put(new DeviceId("b"), revocation);
        ask(Route.REVOKE, "/v1/devices/d/revocation", "");
        api.fill(RunningApi.IN_FLIGHT_BYTES_MAX);
        ask(Route.POST_MESSAGE, "/v1/devices/d/messages", "x");
        ask(Route.POST_MESSAGES, "/v1/messages", "[]", "Content-Type", JSON);
        api.empty(RunningApi.IN_FLIGHT_BYTES_MAX);
        ask(Route.RECEIPTS, "/v1/receipts?since=1", "");
        Map<TopicPartition, Long> ends = new HashMap<>();
        for (int p = 0; p < RunningApi.PARTITIONS; p++) {
            ends.put(new TopicPartition("lastmile.receipts", p), 0L);
        }
        api.receipts.updateEndOffsets(ends);
        ask(Route.RECEIPTS, "/v1/receipts", "");
        ask(Route.RECEIPTS, "/v1/receipts", ""); // one may be open
    }
}
