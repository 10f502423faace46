package io.lastmile.api.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lastmile.api.keys.ApiKey;
import io.lastmile.api.keys.KeyFile;
import io.lastmile.api.keys.Scope;
import io.lastmile.node.Clock;
import java.net.http.HttpRequest.BodyPublishers;
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

/** What a key for some channels, or for some devices, may do with channels. */
class ChannelAccessTest {
    private final String news = ApiKey.secret("news", new SecureRandom());
    private final String sport = ApiKey.secret("sport", new SecureRandom());
    private final String phones = ApiKey.secret("phones", new SecureRandom());
    private final String sender = ApiKey.secret("sender", new SecureRandom());
    private RunningApi api = new RunningApi(true);
    private ChannelOwners owners = new ChannelOwners(api);

    @BeforeEach
    void keys(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("keys");
        Set<Scope> both = Set.of(Scope.CHANNELS, Scope.READ);
        Files.write(
                file,
                List.of(
                        line("news", news, both, List.of("phone-"), List.of("news")),
                        line("sport", sport, both, List.of(), List.of("sport")),
                        line("phones", phones, both, List.of("phone-"), List.of()),
                        line("sender", sender, Set.of(Scope.SEND), List.of(), List.of())));
        close();
        api =
                new RunningApi(
                        true,
                        new Access(new KeyFile("api.keys", file, Clock.system()), Clock.system()));
        owners = new ChannelOwners(api);
    }

    @AfterEach
    void close() {
        owners.close();
        api.close();
    }

    private static String line(
            String name,
            String key,
            Set<Scope> scopes,
            List<String> devices,
            List<String> channels) {
        return new ApiKey(name, ApiKey.hash(key), scopes, devices, channels, 0).line();
    }

    private HttpResponse<String> ask(String key, String method, String path, String... headers)
            throws Exception {
        var request =
                api.to(path)
                        .header("Authorization", "Bearer " + key)
                        .method(method, BodyPublishers.ofString("x"));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return api.send(request);
    }

    private void refused(String type, HttpResponse<String> answer) {
        assertEquals(403, answer.statusCode(), answer.body());
        assertTrue(answer.body().contains("/problems/" + type + "\""), answer.body());
    }

    @Test
    void aKeyIsGoodForItsChannels() throws Exception {
        String to = "/v1/channels/%s/messages";
        assertEquals(202, ask(news, "POST", to.formatted("news-berlin")).statusCode());
        refused("channel-not-allowed", ask(news, "POST", to.formatted("sport")));
        refused("scope", ask(sender, "POST", to.formatted("news")));
        refused("channel-not-allowed", ask(news, "GET", "/v1/channels/sport"));
        refused("channel-not-allowed", ask(news, "GET", "/v1/channels/sport/devices"));
        String both = "/v1/broadcasts";
        refused("channel-not-allowed", ask(news, "POST", both, "Condition", "news & !sport"));
        assertEquals(202, ask(news, "POST", both, "Condition", "news | news-2").statusCode());
    }

    @Test
    void joiningTakesTheChannelAndTheDevice() throws Exception {
        String path = "/v1/channels/%s/devices/%s";
        assertEquals(202, ask(news, "PUT", path.formatted("news", "phone-1")).statusCode());
        refused("device-not-allowed", ask(news, "PUT", path.formatted("news", "car-1")));
        refused("channel-not-allowed", ask(news, "PUT", path.formatted("sport", "phone-1")));
        HttpResponse<String> many =
                api.send(
                        api.to("/v1/channels/news/devices")
                                .header("Authorization", "Bearer " + news)
                                .header("Content-Type", "application/x-ndjson")
                                .POST(
                                        BodyPublishers.ofString(
                                                "{\"device\":\"car-1\"}\n{\"device\":\"phone-2\"}\n")));
        List<String> answers = many.body().lines().toList();
        assertTrue(answers.get(0).contains("device-not-allowed"), answers.get(0));
        assertTrue(answers.get(1).contains("joining"), answers.get(1));
    }

    /** Any device may be in a channel. */
    @Test
    void aKeyForSomeDevicesReachesNoChannelThatItDoesNotName() throws Exception {
        refused("channel-not-allowed", ask(phones, "POST", "/v1/channels/news/messages"));
        refused("channel-not-allowed", ask(phones, "PUT", "/v1/channels/news/devices/phone-1"));
    }

    @Test
    void aBroadcastToOthersIsAsOneThatDoesNotExist() throws Exception {
        assertEquals(200, ask(news, "GET", "/v1/broadcasts/b0").statusCode());
        for (String path : List.of("/v1/broadcasts/b0", "/v1/broadcasts/b0/events")) {
            HttpResponse<String> of = ask(sport, "GET", path);
            assertEquals(404, of.statusCode(), of.body());
            assertEquals(ask(sport, "GET", "/v1/broadcasts/b9").body(), of.body());
        }
        assertEquals(404, ask(sport, "DELETE", "/v1/broadcasts/b0").statusCode());
        assertTrue(api.kafka.history().isEmpty());
    }

    @Test
    void listsShowWhatTheKeyReaches() throws Exception {
        owners.say(
                "channels/1",
                "{\"channels\":[{\"name\":\"news\",\"members\":1},{\"name\":\"sport\",\"members\":2}]}");
        assertEquals(
                "{\"channels\":[{\"name\":\"news\",\"members\":1}]}",
                ask(news, "GET", "/v1/channels").body());
        owners.say(
                "channels/1/news/-1/100",
                "{\"members\":[{\"number\":1,\"device\":\"car-1\"},{\"number\":2,\"device\":\"phone-1\"}]}");
        String devices = ask(news, "GET", "/v1/channels/news/devices").body();
        assertTrue(devices.contains("phone-1") && !devices.contains("car-1"), devices);
        owners.say(
                "broadcasts/1",
                "{\"broadcasts\":[{\"id\":\"b5\",\"audience\":\"sport\",\"acceptedAt\":\"2026-11-23T10:15:00Z\"}]}");
        assertEquals("{\"broadcasts\":[]}", ask(news, "GET", "/v1/broadcasts").body());
        assertTrue(ask(sport, "GET", "/v1/broadcasts").body().contains("\"b5\""));
    }
}
