package io.lastmile.api.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lastmile.node.QueryAnswer;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BroadcastsTest {
    private static final String TO_NEWS = "/v1/channels/news/messages";
    private static final String BY_CONDITION = "/v1/broadcasts";

    private final RunningApi api = new RunningApi(true);
    private final ChannelOwners owners = new ChannelOwners(api);

    @AfterEach
    void close() {
        owners.close();
        api.close();
    }

    private HttpResponse<String> post(String path, String body, String... headers)
            throws Exception {
        HttpRequest.Builder request = api.to(path).POST(HttpRequest.BodyPublishers.ofString(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return api.send(request);
    }

    private ProducerRecord<byte[], byte[]> last() {
        return api.kafka.history().getLast();
    }

    private String headers() {
        return StreamSupport.stream(last().headers().spliterator(), false)
                .map(header ->
                        header.key() + "=" + new String(header.value(), StandardCharsets.UTF_8))
                .collect(Collectors.joining(" "));
    }

    @Test
    void aBroadcastIsOneRecord() throws Exception {
        HttpResponse<String> answer =
                post(
                        TO_NEWS,
                        "hello",
                        "Content-Type",
                        "text/plain",
                        "TTL",
                        "60",
                        "Spread",
                        "30",
                        "Receipts",
                        "summary",
                        "Keep",
                        "true",
                        "Attribute-Colour",
                        "red");
        assertEquals(202, answer.statusCode(), answer.body());
        assertEquals("/v1/broadcasts/b0", answer.headers().firstValue("location").orElse(""));
        assertTrue(
                answer.body().startsWith("{\"id\":\"b0\",\"audience\":\"news\",\"acceptedAt\":\""),
                answer.body());
        assertEquals("lastmile.broadcasts", last().topic());
        assertEquals("news", new String(last().key(), StandardCharsets.UTF_8));
        assertEquals("hello", new String(last().value(), StandardCharsets.UTF_8));
        assertEquals(
                "ttl=60 content-type=text/plain colour=red spread=30 receipts=summary keep=true",
                headers());
    }

    @Test
    void aConditionIsTheKey() throws Exception {
        HttpResponse<String> answer =
                post(BY_CONDITION, "x", "Condition", "berlin & (android | ios) & !beta");
        assertEquals(202, answer.statusCode(), answer.body());
        assertEquals(
                "berlin & (android | ios) & !beta",
                new String(last().key(), StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @CsvSource({
        "a & , Condition: column 4: expected a channel name",
        "a b, Condition: column 3: expected & or |",
        "!a, Condition: column 1:",
        "'', Condition: column 1: expected a channel name"
    })
    void aConditionThatIsNoneNamesItsColumn(String condition, String detail) throws Exception {
        HttpResponse<String> answer = post(BY_CONDITION, "x", "Condition", condition);
        assertEquals(400, answer.statusCode(), answer.body());
        assertTrue(answer.body().contains(detail), answer.body());
        assertTrue(answer.body().contains("\"field\":\"condition\""), answer.body());
        assertTrue(api.kafka.history().isEmpty());
    }

    @Test
    void withoutAConditionItIsSaidThatThereHasToBeOne() throws Exception {
        HttpResponse<String> answer = post(BY_CONDITION, "x");
        assertEquals(400, answer.statusCode(), answer.body());
        assertTrue(answer.body().contains("Condition: has to be there"), answer.body());
    }

    @ParameterizedTest
    @CsvSource({
        "Spread, 604801, spread",
        "Spread, soon, spread",
        "Receipts, all, receipts",
        "Keep, yes, keep",
        "TTL, x, ttl",
        "Attribute-Keep, x, attribute"
    })
    void aHeaderOutOfItsRangeIsNamed(String name, String value, String type) throws Exception {
        HttpResponse<String> answer = post(TO_NEWS, "x", name, value);
        assertEquals(400, answer.statusCode(), answer.body());
        assertTrue(answer.body().contains("/problems/" + type + "\""), answer.body());
    }

    @Test
    void whatIsOverBeforeItIsSpreadIsRefused() throws Exception {
        HttpResponse<String> answer = post(TO_NEWS, "x", "TTL", "60", "Spread", "61");
        assertEquals(400, answer.statusCode(), answer.body());
        assertTrue(answer.body().contains("Spread: ends after TTL"), answer.body());
    }

    @Test
    void aRepeatedKeyIsAnsweredWithTheFirstIdUntilThatIsTakenBack() throws Exception {
        String[] key = {"Idempotency-Key", "k"};
        String first = post(TO_NEWS, "x", key).body();
        assertEquals(first, post(TO_NEWS, "x", key).body());
        assertEquals(422, post(TO_NEWS, "y", key).statusCode());
        assertEquals(202, post("/v1/channels/sport/messages", "y", key).statusCode());
        assertEquals(2, api.kafka.history().size());
        assertEquals(202, api.send(api.to("/v1/broadcasts/b0").DELETE()).statusCode());
        assertEquals(202, post(TO_NEWS, "y", key).statusCode());
        assertEquals(4, api.kafka.history().size());
    }

    @Test
    void aBroadcastIsTakenBackWhoeverAcceptedIt() throws Exception {
        HttpResponse<String> answer = api.send(api.to("/v1/broadcasts/b0").DELETE());
        assertEquals(202, answer.statusCode(), answer.body());
        assertEquals(
                "{\"id\":\"b0\",\"audience\":\"news\",\"state\":\"cancelling\"}", answer.body());
        assertEquals("cancel=b0", headers());
        assertEquals(404, api.send(api.to("/v1/broadcasts/b1").DELETE()).statusCode());
        assertEquals(400, api.send(api.to("/v1/broadcasts/1").DELETE()).statusCode());
        api.topicsAway = true;
        assertEquals(503, api.send(api.to("/v1/broadcasts/b2").DELETE()).statusCode());
    }

    private void share(int partition, int waiting, int delivered) {
        owners.say(
                "broadcasts/" + partition + "/b0",
                """
                {"partition":%d,"read":true,"mark":"%d-9","membersAtMark":%d,"waiting":%d,
                 "inFlight":0,"byOutcome":{"delivered":%d},"routedAt":"2026-11-23T10:15:0%dZ",
                 "settledAt":"2026-11-23T10:16:0%dZ","expiresAt":"2026-11-26T10:15:00Z",
                 "acceptedAt":"2026-11-23T10:15:00Z","audience":"news","ending":null}\
                """
                        .formatted(
                                partition,
                                partition,
                                waiting + delivered,
                                waiting,
                                delivered,
                                partition,
                                partition));
    }

    @Test
    void howItStandsIsTheSumOverAllPartitions() throws Exception {
        share(3, 2, 5);
        share(5, 0, 1);
        String body = api.get("/v1/broadcasts/b0").body();
        assertTrue(
                body.startsWith(
                        "{\"id\":\"b0\",\"audience\":\"news\",\"acceptedAt\":\"2020-11-23T05:00:00Z\","
                                + "\"expiresAt\":\"2026-11-26T10:15:00Z\",\"membersAtMark\":8,"
                                + "\"byOutcome\":{\"delivered\":6},\"waiting\":2,\"inFlight\":0,"
                                + "\"startedAt\":\"2026-11-23T10:15:03Z\",\"unreadPartitions\":0,"
                                + "\"complete\":false,\"partitions\":[{\"partition\":3,\"read\":true,"
                                + "\"mark\":\"3-9\",\"membersAtMark\":7,"),
                body);
        share(3, 0, 7);
        body = api.get("/v1/broadcasts/b0").body();
        assertTrue(body.contains("\"settledAt\":\"2026-11-23T10:16:05Z\""), body);
        assertTrue(body.contains("\"complete\":true"), body);
        owners.answers.put("broadcasts/7/b0", new QueryAnswer(404, "{\"read\":false}"));
        body = api.get("/v1/broadcasts/b0").body();
        assertTrue(body.contains("\"unreadPartitions\":1,\"complete\":false"), body);
        assertTrue(body.contains("{\"partition\":7,\"read\":false}"), body);
    }

    @Test
    void oneThatIsNotInTheLogAnyMoreIsKnownFromItsOwners() throws Exception {
        assertEquals(404, api.get("/v1/broadcasts/b1").statusCode());
        owners.say(
                "broadcasts/2/b1",
                "{\"read\":true,\"audience\":\"a|b\",\"acceptedAt\":\"2026-11-23T10:15:00Z\"}");
        String body = api.get("/v1/broadcasts/b1").body();
        assertTrue(body.startsWith("{\"id\":\"b1\",\"audience\":\"a|b\""), body);
    }

    @Test
    void withoutAnOwnerNothingIsTold() throws Exception {
        owners.answers.put("broadcasts/2/b0", new QueryAnswer(421, "{}"));
        HttpResponse<String> answer = api.get("/v1/broadcasts/b0");
        assertEquals(503, answer.statusCode(), answer.body());
        assertEquals("2", answer.headers().firstValue("retry-after").orElse(""));
        assertEquals(503, api.get("/v1/broadcasts/b0/events").statusCode());
        owners.answers.put("broadcasts/2", new QueryAnswer(421, "{}"));
        assertEquals(503, api.get("/v1/broadcasts").statusCode());
    }

    @Test
    void theLatestAreListedWithTheirSums() throws Exception {
        String one =
                "{\"id\":\"b%d\",\"audience\":\"news\",\"acceptedAt\":\"2026-11-23T10:15:00Z\","
                        + "\"membersAtMark\":1,\"waiting\":1}";
        owners.say(
                "broadcasts/1",
                "{\"broadcasts\":[%s,%s]}".formatted(one.formatted(7), one.formatted(2)));
        owners.say("broadcasts/3", "{\"broadcasts\":[%s]}".formatted(one.formatted(7)));
        String body = api.get("/v1/broadcasts").body();
        assertTrue(body.startsWith("{\"broadcasts\":[{\"id\":\"b7\",\"audience\":\"news\""), body);
        assertTrue(body.contains("\"membersAtMark\":2"), body);
        assertTrue(body.contains("{\"id\":\"b2\""), body);
        StringBuilder many = new StringBuilder(one.formatted(100));
        for (int i = 99; i > 50; i--) {
            many.append(',').append(one.formatted(i));
        }
        owners.say("broadcasts/5", "{\"broadcasts\":[" + many + "]}");
        body = api.get("/v1/broadcasts").body();
        assertTrue(body.contains("\"b51\"") && !body.contains("\"b7\""), body);
    }

    @Test
    void itsDevicesAreListedInParts() throws Exception {
        String of = "/v1/broadcasts/b0/devices?outcome=delivered&limit=2";
        owners.say(
                "broadcasts/1/b0/delivered/-1/2",
                "{\"members\":[{\"number\":4,\"device\":\"a\"},{\"number\":5,\"device\":\"b\"}],"
                        + "\"next\":9}");
        owners.say(
                "broadcasts/1/b0/delivered/5/2",
                "{\"members\":[{\"number\":9,\"device\":\"c\"}],\"next\":null}");
        owners.say(
                "broadcasts/9/b0/delivered/-1/1",
                "{\"members\":[{\"number\":0,\"device\":\"d\"}],\"next\":null}");
        assertEquals(
                "{\"id\":\"b0\",\"outcome\":\"delivered\",\"devices\":["
                        + "{\"device\":\"a\",\"partition\":1,\"number\":4},"
                        + "{\"device\":\"b\",\"partition\":1,\"number\":5}],\"next\":\"1-6\"}",
                api.get(of).body());
        String rest = api.get(of + "&after=1-6").body();
        assertTrue(rest.contains("\"device\":\"c\"") && rest.contains("\"device\":\"d\""), rest);
        assertTrue(rest.endsWith("\"next\":\"10-0\"}"), rest);
        assertTrue(api.get(of + "&after=10-0").body().endsWith("\"devices\":[]}"));
        for (String bad :
                new String[] {
                    "?outcome=x", "", "?outcome=waiting&limit=0", "?outcome=waiting&a=b"
                }) {
            assertEquals(400, api.get("/v1/broadcasts/b0/devices" + bad).statusCode(), bad);
        }
        assertEquals(400, api.get(of + "&after=x").statusCode());
    }

    @Test
    void itIsFollowedUntilItIsComplete() throws Exception {
        share(3, 1, 0);
        Thread settles =
                Thread.ofVirtual()
                        .start(() -> {
                            while (owners.asked.stream().filter("broadcasts/3/b0"::equals).count()
                                    < 3) {
                                Thread.onSpinWait();
                            }
                            share(3, 0, 1);
                        });
        HttpResponse<String> answer = api.get("/v1/broadcasts/b0/events");
        settles.join();
        assertEquals(200, answer.statusCode());
        assertEquals("text/event-stream", answer.headers().firstValue("content-type").orElse(""));
        assertEquals(
                2, answer.body().lines().filter("event: broadcast"::equals).count(), answer.body());
        assertTrue(answer.body().strip().endsWith("\"complete\":true}"), answer.body());
        assertEquals(
                1,
                owners.asked.stream().filter("broadcasts/4/b0"::equals).count(),
                "what is settled is not asked again");
    }

    @Test
    void channelsAreListedAndCountedOverAllPartitions() throws Exception {
        owners.say(
                "channels/1",
                "{\"channels\":[{\"name\":\"news\",\"members\":2},{\"name\":\"a\",\"members\":1}]}");
        owners.say("channels/4", "{\"channels\":[{\"name\":\"news\",\"members\":3}]}");
        assertEquals(
                "{\"channels\":[{\"name\":\"a\",\"members\":1},{\"name\":\"news\",\"members\":5}]}",
                api.get("/v1/channels").body());
        assertEquals(
                "{\"channels\":[{\"name\":\"a\",\"members\":1}],\"next\":\"a\"}",
                api.get("/v1/channels?limit=1").body());
        assertEquals(
                "{\"channels\":[{\"name\":\"news\",\"members\":5}]}",
                api.get("/v1/channels?limit=1&after=a").body());
        assertEquals(
                "{\"name\":\"news\",\"members\":5,\"partitions\":[{\"partition\":1,\"members\":2},"
                        + "{\"partition\":4,\"members\":3}]}",
                api.get("/v1/channels/news").body());
        owners.say(
                "channels/4/news/-1/100",
                "{\"members\":[{\"number\":3,\"device\":\"phone-1\"}],\"next\":null}");
        assertEquals(
                "{\"channel\":\"news\",\"devices\":[{\"device\":\"phone-1\",\"partition\":4,"
                        + "\"number\":3}]}",
                api.get("/v1/channels/news/devices").body());
    }
}
