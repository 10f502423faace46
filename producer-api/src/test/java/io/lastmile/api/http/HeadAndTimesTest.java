package io.lastmile.api.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests for a head alone, and times as they stand in a query. */
class HeadAndTimesTest {
    private final RunningApi api = new RunningApi(true);

    @AfterEach
    void close() {
        api.close();
    }

    private HttpResponse<String> head(String path) throws Exception {
        return api.send(api.to(path).method("HEAD", BodyPublishers.noBody()));
    }

    private static String header(HttpResponse<?> answer, String name) {
        return answer.headers().firstValue(name).orElse("");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/openapi.json", "/v1/nodes", "/v1/replays", "/console", "/v1/none"})
    void theHeadIsThatOfTheAnswerToAGet(String path) throws Exception {
        HttpResponse<String> got = api.get(path);
        HttpResponse<String> head = head(path);
        assertEquals(got.statusCode(), head.statusCode());
        assertEquals("", head.body());
        for (String name : new String[] {"content-length", "content-type"}) {
            assertEquals(header(got, name), header(head, name));
        }
    }

    /** It would stay open, and nobody would read it. */
    @ParameterizedTest
    @ValueSource(strings = {"/v1/receipts", "/v1/figures"})
    void theHeadOfAStreamOpensNone(String path) throws Exception {
        for (int i = 0; i < 2 * RunningApi.RECEIPT_STREAMS_MAX; i++) {
            HttpResponse<String> head = head(path);
            assertEquals(200, head.statusCode());
            assertEquals("text/event-stream", header(head, "content-type"));
        }
    }

    @Test
    void whatIsAllowedSaysSo() throws Exception {
        HttpResponse<String> refused = api.send(api.to("/v1/nodes").POST(BodyPublishers.noBody()));
        assertEquals("GET, HEAD", header(refused, "allow"));
    }

    /** In a query a plus is a space, unless somebody has thought of it. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "2026-11-23T11:15:00+01:00",
                "2026-11-23T11:15:00%2B01:00",
                "2026-11-23T09:15:00-01:00",
                "2026-11-23T10:15:00Z"
            })
    void aTimeMayHaveAnOffset(String from) throws Exception {
        HttpResponse<String> answer = api.get("/v1/devices/d/trace?from=" + from);
        assertEquals(200, answer.statusCode(), answer.body());
        assertTrue(answer.body().contains("\"from\":\"2026-11-23T10:15:00Z\""), answer.body());
    }

    @Test
    void whatIsNoTimeIsToldHowAPlusIsWritten() throws Exception {
        HttpResponse<String> answer = api.get("/v1/devices/d/trace?from=yesterday");
        assertEquals(400, answer.statusCode());
        assertTrue(answer.body().contains("%2B"), answer.body());
    }
}
