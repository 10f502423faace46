package io.lastmile.api.http;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lastmile.wire.Message;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReplayPagesTest {
    private final RunningApi api = new RunningApi(true);

    @AfterEach
    void close() {
        api.close();
    }

    private HttpResponse<String> post(String body) throws Exception {
        return api.send(
                api.to("/v1/replays")
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString(body)));
    }

    private Map<String, String> awaitEnd(String name) {
        return await().atMost(Duration.ofSeconds(20))
                .until(
                        () -> JsonFields.of(api.get("/v1/replays/" + name).body()),
                        replay -> !"running".equals(replay.get("state")));
    }

    @Test
    void aMessageIsSentOnceMoreAndSaysWhichItIs() throws Exception {
        HttpResponse<String> answer =
                post("{\"name\":\"again\",\"ids\":\"1-0\",\"toDevices\":[\"debug-1\"]}");
        assertEquals(202, answer.statusCode(), answer.body());
        Map<String, String> replay = awaitEnd("again");
        assertEquals("done", replay.get("state"), replay.toString());
        assertEquals("1", replay.get("messages"));
        assertEquals("5", replay.get("bytes"));
        assertEquals("100", replay.get("percentRead"));
        Message copy = api.replayed.poll(5, TimeUnit.SECONDS);
        assertEquals("debug-1", copy.device().value());
        assertEquals(TracedTopics.ID, copy.replayOf());
        assertEquals("replay-again-1-0", copy.idempotencyKey());
        assertNull(api.replayed.poll());
        assertTrue(api.get("/v1/replays").body().contains("\"name\":\"again\""));
    }

    @Test
    void aDryRunCountsAndSendsNothing() throws Exception {
        assertEquals(202, post("{\"name\":\"dry\",\"ids\":\"1-0\",\"dryRun\":true}").statusCode());
        Map<String, String> replay = awaitEnd("dry");
        assertEquals("done", replay.get("state"), replay.toString());
        assertEquals("1", replay.get("messages"));
        assertEquals("1", replay.get("devices"));
        assertEquals("true", replay.get("dryRun"));
        assertTrue(api.replayed.isEmpty());
    }

    @Test
    void afterOneThatFailedTheNextOneRuns() throws Exception {
        api.isTargetBroken = true;
        assertEquals(202, post("{\"name\":\"broken\",\"ids\":\"1-0\"}").statusCode());
        Map<String, String> replay = awaitEnd("broken");
        assertEquals("failed", replay.get("state"));
        assertEquals("java.lang.IllegalStateException: broken", replay.get("failure"));
        api.isTargetBroken = false;
        assertEquals(202, post("{\"name\":\"broken\",\"ids\":\"1-0\"}").statusCode());
        assertEquals("done", awaitEnd("broken").get("state"));
    }

    @Test
    void oneAtATimeAndItCanBeStopped() throws Exception {
        api.hasMoreToCome = true;
        assertEquals(202, post("{\"name\":\"long\",\"ids\":\"1-0..1-1\"}").statusCode());
        HttpResponse<String> second = post("{\"name\":\"other\",\"ids\":\"1-0\"}");
        assertEquals(409, second.statusCode());
        assertTrue(second.body().contains("the replay long runs"), second.body());
        assertEquals(202, api.send(api.to("/v1/replays/long").DELETE()).statusCode());
        assertEquals("stopped", awaitEnd("long").get("state"));
        assertEquals(404, api.get("/v1/replays/other").statusCode());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    {}                                                   | from
                    {"ids":"1-0","rate":0}                               | rate
                    {"ids":"1-0","rate":5001}                            | rate
                    {"ids":"3-9..3-1"}                                   | ids
                    {"from":"yesterday"}                                 | from
                    {"from":"2026-11-23T10:00:00Z","to":"2026-11-23T09:00:00Z"} | to
                    {"ids":"1-0","outcome":"lost"}                       | outcome
                    {"ids":"1-0","devices":["a b"]}                      | devices
                    {"ids":"1-0","toDevices":"a"}                        | toDevices
                    {"ids":"1-0","devices":[]}                           | devices
                    {"ids":"1-0","devices":[""]}                         | devices
                    {"ids":"1-0","devices":null}                         | devices
                    {"ids":"1-0","devicePrefix":""}                      | devicePrefix
                    {"ids":"1-0","devicePrefix":null}                    | devicePrefix
                    {"ids":"1-0","toDevices":[]}                         | toDevices
                    {"ids":"1-0","outcome":""}                           | outcome
                    {"ids":""}                                           | ids
                    {"from":""}                                          | from
                    {"ids":"1-0","name":"a b"}                           | name
                    {"ids":"1-0","dryRun":"yes"}                         | dryRun
                    {"ids":"1-0","device":"a"}                           | device
                    {"ids":"1-0","ids":"1-0"}                            | ids
                    """)
    void whatIsWrongIsNamed(String body, String field) throws Exception {
        HttpResponse<String> answer = post(body);
        assertEquals(400, answer.statusCode(), answer.body());
        assertEquals(field, JsonFields.of(answer.body()).get("field"), answer.body());
    }
}
