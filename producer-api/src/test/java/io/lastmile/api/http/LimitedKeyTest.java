package io.lastmile.api.http;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.lastmile.api.keys.ApiKey;
import io.lastmile.api.keys.KeyFile;
import io.lastmile.api.keys.Scope;
import io.lastmile.node.Admin;
import io.lastmile.node.Clock;
import io.lastmile.node.HopSecret;
import io.lastmile.node.Metrics;
import io.lastmile.node.QueryAnswer;
import io.lastmile.node.kafka.NodesView.Seen;
import io.lastmile.wire.Incarnation;
import io.lastmile.wire.NodeRole;
import io.lastmile.wire.record.NodeRecord.Claim;
import io.lastmile.wire.record.NodeRecord.Heartbeat;
import io.lastmile.wire.record.NodeRecord.RouterPartitions;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** A key that reaches some devices learns nothing of others. */
class LimitedKeyTest {
    private static final String OTHERS = "3-7";
    private static final String NOBODYS = "3-8";

    private final Admin router = new Admin("127.0.0.1", 0, new Metrics());
    private final String limited = ApiKey.secret("limited", new SecureRandom());
    private final String other = ApiKey.secret("other", new SecureRandom());
    private RunningApi api = new RunningApi(true);

    @BeforeEach
    void keys(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("keys");
        Files.write(
                file, List.of(line("limited", limited, "phone-"), line("other", other, "car-")));
        api.close();
        api =
                new RunningApi(
                        true,
                        new Access(new KeyFile("api.keys", file, Clock.system()), Clock.system()));
        router.query(
                "/state/messages",
                HopSecret.of("s3cr3t"),
                path ->
                        path.getFirst().equals(OTHERS)
                                ? new QueryAnswer(
                                        200,
                                        "{\"id\":\"3-7\",\"device\":\"car-1\",\"state\":\"settled\"}")
                                : new QueryAnswer(404, "{\"detail\":\"settled long ago\"}"));
        List<Claim> claims =
                IntStream.range(0, RunningApi.PARTITIONS).mapToObj(p -> new Claim(p, 1)).toList();
        api.nodes.put(
                new Incarnation("router-1", 36),
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
                        1_606_107_600_000L));
    }

    @AfterEach
    void close() {
        router.close();
        api.close();
    }

    private static String line(String name, String key, String devices) {
        return new ApiKey(
                        name,
                        ApiKey.hash(key),
                        EnumSet.allOf(Scope.class),
                        List.of(devices),
                        List.of(),
                        0)
                .line();
    }

    private HttpResponse<String> ask(String method, String path, String body) throws Exception {
        return ask(limited, method, path, body);
    }

    private HttpResponse<String> ask(String key, String method, String path, String body)
            throws Exception {
        return api.send(
                api.to(path)
                        .header("Authorization", "Bearer " + key)
                        .header("Content-Type", "application/json")
                        .method(method, BodyPublishers.ofString(body)));
    }

    private void sameAnswer(String method, String one, String another) throws Exception {
        HttpResponse<String> of = ask(method, one, "");
        assertEquals(404, of.statusCode(), of.body());
        assertFalse(of.body().contains("car-"), of.body());
        assertEquals(ask(method, another, "").body(), of.body());
    }

    @Test
    void amessageOfAnotherDeviceIsAsOneThatDoesNotExist() throws Exception {
        sameAnswer("GET", "/v1/messages/" + OTHERS, "/v1/messages/" + NOBODYS);
        sameAnswer("GET", "/v1/messages/" + OTHERS, "/v1/messages/99999-0");
        sameAnswer("DELETE", "/v1/messages/" + OTHERS, "/v1/messages/" + NOBODYS);
        // The one that the topics have belongs to the device d.
        String traced = "/v1/messages/" + TracedTopics.ID + "/trace";
        sameAnswer("GET", traced, "/v1/messages/1-1/trace");
        assertEquals(200, ask(other, "GET", "/v1/messages/" + OTHERS, "").statusCode());
        assertEquals(List.of(), api.kafka.history());
    }

    @Test
    void theNodesAreNotForIt() throws Exception {
        HttpResponse<String> refused = ask("GET", "/v1/nodes", "");
        assertEquals(403, refused.statusCode(), refused.body());
        assertFalse(refused.body().contains("router-1"), refused.body());
    }

    @Test
    void aReplayOfAnotherKeyIsAsOneThatDoesNotExist() throws Exception {
        api.hasMoreToCome = true;
        String order = "{\"name\":\"secret\",\"ids\":\"1-0..1-1\",\"devices\":[\"car-1\"]}";
        assertEquals(202, ask(other, "POST", "/v1/replays", order).statusCode());
        sameAnswer("GET", "/v1/replays/secret", "/v1/replays/none");
        sameAnswer("DELETE", "/v1/replays/secret", "/v1/replays/none");
        String own = "{\"name\":\"own\",\"ids\":\"1-0\",\"devices\":[\"phone-1\"]}";
        HttpResponse<String> busy = ask("POST", "/v1/replays", own);
        assertEquals(409, busy.statusCode(), busy.body());
        assertFalse(busy.body().contains("secret"), busy.body());
    }

    /** One line for all of a batch that was refused for one reason: it may be millions. */
    @Test
    void whatIsRefusedOfABatchIsInTheLog() throws Exception {
        Logger log = (Logger) LoggerFactory.getLogger(Access.class);
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.start();
        log.addAppender(lines);
        try {
            String batch =
                    "[{\"device\":\"car-1\"},{\"devices\":[\"car-2\",\"phone-1\"]},{\"device\":\"tv\"}]";
            assertEquals(200, ask("POST", "/v1/messages", batch).statusCode());
            await().until(() -> !lines.list.isEmpty()); // written after the answer
        } finally {
            log.detachAppender(lines);
        }
        assertEquals(1, lines.list.size(), lines.list.toString());
        String said = lines.list.getFirst().getKeyValuePairs().toString();
        for (String part :
                List.of("limited", "post-messages", "127.0.0.1", "device-not-allowed", "\"3\"")) {
            assertTrue(said.contains(part), part + " in " + said);
        }
    }
}
