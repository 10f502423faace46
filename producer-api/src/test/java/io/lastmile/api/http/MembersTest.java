package io.lastmile.api.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lastmile.wire.DeviceId;
import io.lastmile.wire.Partitions;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MembersTest {
    private static final String ONE = "/v1/channels/news/devices/phone-1";

    private final RunningApi api = new RunningApi(true);

    @AfterEach
    void close() {
        api.close();
    }

    private HttpResponse<String> put(String path) throws Exception {
        return api.send(api.to(path).PUT(HttpRequest.BodyPublishers.noBody()));
    }

    private static String headers(ProducerRecord<byte[], byte[]> record) {
        return StreamSupport.stream(record.headers().spliterator(), false)
                .map(header ->
                        header.key() + "=" + new String(header.value(), StandardCharsets.UTF_8))
                .collect(Collectors.joining(" "));
    }

    @Test
    void aDeviceJoinsAndLeavesByARecordOfItsPartition() throws Exception {
        int partition = Partitions.of(new DeviceId("phone-1"), RunningApi.PARTITIONS);
        HttpResponse<String> joins = put(ONE);
        assertEquals(202, joins.statusCode(), joins.body());
        assertEquals(
                "{\"channel\":\"news\",\"device\":\"phone-1\",\"state\":\"joining\",\"position\":\""
                        + partition
                        + "-0\"}",
                joins.body());
        HttpResponse<String> leaves = api.send(api.to(ONE).DELETE());
        assertEquals(202, leaves.statusCode(), leaves.body());
        assertTrue(
                leaves.body().contains("\"state\":\"leaving\",\"position\":\"" + partition + "-1"),
                leaves.body());
        List<ProducerRecord<byte[], byte[]>> sent = api.kafka.history();
        assertEquals("join=news member-source=api", headers(sent.get(0)));
        assertEquals("leave=news member-source=api", headers(sent.get(1)));
        assertEquals("phone-1", new String(sent.get(1).key(), StandardCharsets.UTF_8));
        assertEquals(partition, sent.get(1).partition());
    }

    @Test
    void whatIsNoNameIsRefused() throws Exception {
        HttpResponse<String> channel = put("/v1/channels/a%20b/devices/phone-1");
        assertEquals(400, channel.statusCode());
        assertTrue(channel.body().contains("\"field\":\"channel\""), channel.body());
        HttpResponse<String> device = put("/v1/channels/news/devices/a%20b");
        assertEquals(400, device.statusCode());
        assertTrue(device.body().contains("\"field\":\"device\""), device.body());
        assertTrue(api.kafka.history().isEmpty());
    }

    @Test
    void withoutKafkaNobodyJoins() throws Exception {
        api.kafka.sendException = new TimeoutException("away");
        HttpResponse<String> answer = put(ONE);
        assertEquals(503, answer.statusCode(), answer.body());
        assertEquals("1", answer.headers().firstValue("retry-after").orElse(""));
    }

    private List<String> lines(String type, String body) throws Exception {
        HttpResponse<String> answer =
                api.send(
                        api.to("/v1/channels/news/devices")
                                .header("Content-Type", type)
                                .POST(HttpRequest.BodyPublishers.ofString(body)));
        assertEquals(200, answer.statusCode(), answer.body());
        return answer.body().lines().toList();
    }

    @Test
    void everyLineIsAnsweredInItsPlace() throws Exception {
        List<String> answers =
                lines(
                        "application/x-ndjson",
                        """
                        {"device":"a"}
                        {"device":"a b"}
                        {"device":"a","leave":true}
                        {"device":"b","leave":"yes"}
                        {"device":"b","leave":false}
                        {"leave":true}
                        {"device":"c","channel":"news"}
                        """);
        assertEquals(7, answers.size(), answers.toString());
        assertTrue(answers.get(0).contains("\"device\":\"a\",\"state\":\"joining\""));
        assertTrue(answers.get(1).contains("/problems/device-id"), answers.get(1));
        assertTrue(answers.get(2).contains("\"device\":\"a\",\"state\":\"leaving\""));
        assertTrue(answers.get(3).contains("leave: true or false"), answers.get(3));
        assertTrue(answers.get(4).contains("\"device\":\"b\",\"state\":\"joining\""));
        assertTrue(answers.get(5).contains("\"field\":\"device\""), answers.get(5));
        assertTrue(answers.get(6).contains("there are device and leave"), answers.get(6));
        assertEquals(3, api.kafka.history().size());
    }

    @Test
    void manyLinesAreAllAnswered() throws Exception {
        int count = 20_000;
        String body =
                IntStream.range(0, count)
                        .mapToObj("{\"device\":\"d-%d\"}\n"::formatted)
                        .collect(Collectors.joining());
        List<String> answers = lines("application/x-ndjson", body);
        assertEquals(count, answers.size());
        assertTrue(answers.getLast().contains("d-" + (count - 1)), answers.getLast());
        assertEquals(count, api.kafka.history().size());
    }

    @Test
    void anArrayIsAnsweredAsOne() throws Exception {
        String answer = lines("application/json", "[{\"device\":\"a\"},{}]").getFirst();
        assertTrue(answer.startsWith("[{\"channel\":\"news\",\"device\":\"a\""), answer);
        assertTrue(answer.endsWith("}]"), answer);
    }
}
