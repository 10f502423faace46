package io.lastmile.api.http;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lastmile.node.Metric;
import io.lastmile.wire.BroadcastId;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.MessageId;
import io.lastmile.wire.Outcome;
import io.lastmile.wire.Partitions;
import io.lastmile.wire.record.Proof;
import io.lastmile.wire.record.ReceiptRecord;
import io.lastmile.wire.record.SummaryRecord;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReceiptStreamsTest {
    private static final long END = 5;

    private final RunningApi api = new RunningApi(true);
    private final HttpClient client = HttpClient.newHttpClient();

    @BeforeEach
    void theLogHasEnds() {
        Map<TopicPartition, Long> begins = new HashMap<>();
        Map<TopicPartition, Long> ends = new HashMap<>();
        for (int p = 0; p < RunningApi.PARTITIONS; p++) {
            begins.put(new TopicPartition("lastmile.receipts", p), 0L);
            ends.put(new TopicPartition("lastmile.receipts", p), END);
        }
        api.receipts.updateBeginningOffsets(begins);
        api.receipts.updateEndOffsets(ends);
    }

    @AfterEach
    void close() {
        client.shutdownNow();
        api.close();
    }

    private BufferedReader open(String query, String lastEventId) throws Exception {
        HttpRequest.Builder request = api.to("/v1/receipts" + query);
        if (!lastEventId.isEmpty()) {
            request.header("Last-Event-ID", lastEventId);
        }
        HttpResponse<InputStream> answer =
                client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
        assertEquals(200, answer.statusCode());
        assertEquals("text/event-stream", answer.headers().firstValue("content-type").orElse(""));
        return new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8));
    }

    private void settled(String device, long offset, Outcome outcome) {
        int partition = Partitions.of(new DeviceId(device), RunningApi.PARTITIONS);
        ReceiptRecord receipt =
                new ReceiptRecord(
                        new MessageId(partition, offset),
                        offset,
                        outcome,
                        null,
                        1,
                        2,
                        ReceiptRecord.NEVER,
                        ReceiptRecord.NEVER,
                        3,
                        0,
                        Proof.NONE,
                        0,
                        "",
                        null,
                        null);
        api.receipts.addRecord(
                new ConsumerRecord<>(
                        "lastmile.receipts",
                        partition,
                        offset,
                        device.getBytes(StandardCharsets.US_ASCII),
                        receipt.encode()));
    }

    private static String line(BufferedReader events, String begin) throws IOException {
        String line = events.readLine();
        while (line != null && !line.startsWith(begin)) {
            line = events.readLine();
        }
        return String.valueOf(line);
    }

    @Test
    void whatIsSettledFromNowOnIsToldWithThePlaceBehindIt() throws Exception {
        try (BufferedReader events = open("?device=phone-1&outcome=expired", "")) {
            int partition = Partitions.of(new DeviceId("phone-1"), RunningApi.PARTITIONS);
            assertEquals("id: " + partition + "-5", line(events, "id"));
            settled("phone-1", 5, Outcome.DELIVERED);
            settled("phone-1", 6, Outcome.EXPIRED);
            assertEquals("id: " + partition + "-7", line(events, "id"));
            assertEquals("event: receipt", events.readLine());
            assertEquals(
                    "data: {\"id\":\""
                            + partition
                            + "-6\",\"device\":\"phone-1\",\"outcome\":\"expired\",\"acceptedAt\":\"1970-01-01T00:00:00.001Z\",\"routedAt\":\"1970-01-01T00:00:00.002Z\",\"settledAt\":\"1970-01-01T00:00:00.003Z\",\"sends\":0}",
                    events.readLine());
        }
    }

    /** It is no receipt of one device, and nothing that cannot be understood. */
    @Test
    void aSummaryOfABroadcastIsPassedOver() throws Exception {
        int partition = Partitions.of(new DeviceId("phone-1"), RunningApi.PARTITIONS);
        try (BufferedReader events = open("", "")) {
            assertTrue(line(events, "id").startsWith("id: "));
            SummaryRecord summary =
                    new SummaryRecord(
                            new BroadcastId(42),
                            new MessageId(partition, 1),
                            Outcome.DELIVERED,
                            5,
                            new int[] {0, 7});
            api.receipts.addRecord(
                    new ConsumerRecord<>(
                            "lastmile.receipts",
                            partition,
                            5,
                            SummaryRecord.key(summary.broadcast())
                                    .getBytes(StandardCharsets.US_ASCII),
                            summary.encode()));
            settled("phone-1", 6, Outcome.EXPIRED);
            assertTrue(line(events, "data").contains("\"id\":\"" + partition + "-6\""));
        }
        assertEquals(0, api.receiptMetrics.counter(Metric.NODE_SET_ASIDE, "receipts").count());
    }

    @Test
    void aStreamGoesOnWhereItsLastEventWas() throws Exception {
        int partition = Partitions.of(new DeviceId("d"), RunningApi.PARTITIONS);
        try (BufferedReader events = open("", partition + "-3")) {
            String first = line(events, "id");
            assertTrue(first.contains(partition + "-3"), first);
            settled("d", 3, Outcome.DELIVERED);
            assertTrue(line(events, "data").contains("\"id\":\"" + partition + "-3\""));
        }
    }

    /** As what stands in for a browser's own stream does, to send a key with it. */
    @Test
    void aStreamGoesOnFromAnIdInTheQueryToo() throws Exception {
        int partition = Partitions.of(new DeviceId("d"), RunningApi.PARTITIONS);
        try (BufferedReader events = open("?lastEventId=" + partition + "-3", "")) {
            assertTrue(line(events, "id").contains(partition + "-3"));
            settled("d", 3, Outcome.DELIVERED);
            assertTrue(line(events, "data").contains("\"id\":\"" + partition + "-3\""));
        }
    }

    /** A browser goes on with the header, at an address that has what it began with. */
    @Test
    void theHeaderIsNewerThanTheQuery() throws Exception {
        int partition = Partitions.of(new DeviceId("d"), RunningApi.PARTITIONS);
        try (BufferedReader events = open("?lastEventId=" + partition + "-1", partition + "-3")) {
            assertTrue(line(events, "id").contains(partition + "-3"));
        }
    }

    /** Else nginx, as it is, holds it back until 4 KiB have gathered. */
    @Test
    void proxiesAreToldToHoldNothingBack() throws Exception {
        for (String path : List.of("/v1/receipts", "/v1/figures")) {
            HttpResponse<InputStream> answer =
                    client.send(api.to(path).build(), HttpResponse.BodyHandlers.ofInputStream());
            try (InputStream _ = answer.body()) {
                assertEquals(
                        "no", answer.headers().firstValue("x-accel-buffering").orElse(""), path);
                assertEquals(
                        "no-store, no-transform",
                        answer.headers().firstValue("cache-control").orElse(""),
                        path);
            }
        }
    }

    @Test
    void onlySoManyAreOpenAtOnceAndOneThatHasGoneMakesRoom() throws Exception {
        BufferedReader events = open("", "");
        assertTrue(line(events, "id").startsWith("id: 0-5,1-5,"));
        HttpResponse<String> refused = api.get("/v1/receipts");
        assertEquals(503, refused.statusCode());
        assertTrue(refused.body().contains("api.receipts.streams.max"), refused.body());
        api.closeReceipts();
        await().atMost(Duration.ofSeconds(10)).until(() -> events.readLine() == null);
    }

    @ParameterizedTest
    @CsvSource({
        "?device=a%20b,'',device-id",
        "?device=a&device=b,'',device-id",
        "?outcome=lost,'',outcome",
        "?since=1,'',query",
        "'',x,last-event-id",
        "?lastEventId=x,'',last-event-id",
        "'',16-1,last-event-id",
        "'',1-1-1,last-event-id",
        "'',1-99999999999999999999,last-event-id",
    })
    void whatIsNotUnderstoodIsNamed(String query, String id, String type) throws Exception {
        HttpRequest.Builder request = api.to("/v1/receipts" + query);
        if (!id.isEmpty()) {
            request.header("Last-Event-ID", id);
        }
        HttpResponse<String> refused = api.send(request);
        assertEquals(400, refused.statusCode(), refused.body());
        assertTrue(refused.body().contains("/problems/" + type + "\""), refused.body());
    }
}
