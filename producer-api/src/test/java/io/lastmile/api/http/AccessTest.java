package io.lastmile.api.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lastmile.api.keys.ApiKey;
import io.lastmile.api.keys.KeyFile;
import io.lastmile.api.keys.Scope;
import io.lastmile.node.Clock;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AccessTest {
    private final String sender = ApiKey.secret("sender", new SecureRandom());
    private final String reader = ApiKey.secret("reader", new SecureRandom());
    private final String slow = ApiKey.secret("slow", new SecureRandom());
    private final String again = ApiKey.secret("again", new SecureRandom());
    private RunningApi api = new RunningApi(true);

    @BeforeEach
    void keys(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("keys");
        Files.write(
                file,
                List.of(
                        "# who may what",
                        line("sender", sender, Set.of(Scope.SEND), List.of("phone-", "tv-"), 0),
                        line("again", again, Set.of(Scope.REPLAY), List.of("phone-"), 0),
                        line("reader", reader, Set.of(Scope.READ), List.of(), 0),
                        line("slow", slow, Set.of(Scope.SEND), List.of(), 2)));
        api.close();
        api =
                new RunningApi(
                        true,
                        new Access(new KeyFile("api.keys", file, Clock.system()), Clock.system()));
    }

    @AfterEach
    void close() {
        api.close();
    }

    private static String line(
            String name, String key, Set<Scope> scopes, List<String> devices, int rate) {
        return new ApiKey(name, ApiKey.hash(key), scopes, devices, List.of(), rate).line();
    }

    private void refused(int status, String type, HttpResponse<String> answer) {
        assertEquals(status, answer.statusCode(), answer.body());
        assertTrue(answer.body().contains("/problems/" + type + "\""), answer.body());
        for (String secret : List.of(sender, reader, slow)) {
            assertFalse(answer.body().contains(secret));
        }
    }

    private HttpResponse<String> post(String device, String authorization) throws Exception {
        return api.post(device, "x", "Authorization", authorization);
    }

    @Test
    void withoutAKnownKeyNobodyIsLetIn() throws Exception {
        refused(401, "key", api.post("phone-1", "x"));
        refused(401, "key", post("phone-1", "Basic " + sender));
        refused(401, "key", post("phone-1", "Bearer"));
        refused(401, "key", post("phone-1", "Bearer " + sender + "x"));
        refused(401, "key", post("phone-1", "Bearer " + sender.replace("sender", "reader")));
        refused(401, "key", post("phone-1", "Bearer lm.nobody."));
        assertEquals(
                "Bearer", api.get("/v1/nodes").headers().firstValue("www-authenticate").orElse(""));
        assertTrue(api.kafka.history().isEmpty());
        assertEquals(200, api.get("/openapi.json").statusCode());
    }

    @Test
    void aKeyIsGoodForItsScopesAndDevices() throws Exception {
        assertEquals(202, post("phone-1", "Bearer " + sender).statusCode());
        assertEquals(202, post("tv-1", "bearer " + sender).statusCode());
        refused(403, "device-not-allowed", post("car-1", "Bearer " + sender));
        refused(403, "scope", post("phone-1", "Bearer " + reader));
        refused(
                403,
                "scope",
                api.send(api.to("/v1/nodes").header("Authorization", "Bearer " + reader)));
        assertEquals(2, api.kafka.history().size());
    }

    private HttpResponse<String> replay(String body, String key) throws Exception {
        return api.send(
                api.to("/v1/replays")
                        .header("Authorization", "Bearer " + key)
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    @Test
    void aReplayIsOfDevicesAndForDevicesThatTheKeyReaches() throws Exception {
        String none = "device-not-allowed";
        refused(403, "scope", replay("{\"ids\":\"1-0\"}", sender));
        refused(403, none, replay("{\"ids\":\"1-0\"}", again));
        refused(403, none, replay("{\"ids\":\"1-0\",\"devicePrefix\":\"p\"}", again));
        refused(403, none, replay("{\"ids\":\"1-0\",\"devices\":[\"tv-1\"]}", again));
        String theirs =
                "{\"name\":\"n\",\"ids\":\"1-0\",\"devices\":[\"phone-1\"],\"toDevices\":[\"%s\"]}";
        refused(403, none, replay(theirs.formatted("tv-1"), again));
        assertEquals(202, replay(theirs.formatted("phone-2"), again).statusCode());
        refused(
                403,
                none,
                api.send(api.to("/v1/replays").header("Authorization", "Bearer " + again)));
    }

    @Test
    void ofABatchEachDeviceIsLookedAt() throws Exception {
        HttpResponse<String> answer =
                api.send(
                        api.to("/v1/messages")
                                .header("Authorization", "Bearer " + sender)
                                .header("Content-Type", "application/json")
                                .POST(
                                        HttpRequest.BodyPublishers.ofString(
                                                "[{\"device\":\"phone-1\"},{\"devices\":[\"car-1\",\"tv-1\"]}]")));
        assertEquals(200, answer.statusCode(), answer.body());
        assertTrue(
                answer.body()
                        .contains(
                                "{\"device\":\"car-1\",\"type\":\"/problems/device-not-allowed\""),
                answer.body());
        assertEquals(2, api.kafka.history().size());
    }

    @Test
    void aRateIsKept() throws Exception {
        int accepted = 0;
        HttpResponse<String> last = post("d", "Bearer " + slow);
        for (int i = 0; i < 20 && last.statusCode() == 202; i++) {
            accepted++;
            last = post("d", "Bearer " + slow);
        }
        assertTrue(accepted >= 2, "accepted " + accepted);
        refused(429, "rate", last);
        assertEquals("1", last.headers().firstValue("retry-after").orElse(""));
    }
}
