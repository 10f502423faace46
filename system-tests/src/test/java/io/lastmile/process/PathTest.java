package io.lastmile.process;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lastmile.bench.process.CommandRun;
import io.lastmile.bench.process.JavaLaunch;
import io.lastmile.process.foreign.EdgeUrl;
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
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One message through everything: POST, Kafka, router, hop, edge, device, and its receipt back. */
@Timeout(value = 180, unit = TimeUnit.SECONDS)
class PathTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @ParameterizedTest
    @CsvSource({
        "HIVEMQ_5, inbox",
        "HIVEMQ_5, inbox/+",
        "HIVEMQ_5, inbox/#",
        "PAHO_5, inbox",
        "PAHO_5, inbox/+",
        "PAHO_311, inbox",
        "PAHO_311, inbox/+",
        "PAHO_311, inbox/#",
        "MOSQUITTO_5, inbox",
        "MOSQUITTO_5, inbox/#",
        "MOSQUITTO_311, inbox",
        "MOSQUITTO_311, inbox/+"
    })
    void aPostedMessageReachesTheDeviceAndItsReceiptIsInKafka(ForeignClient client, String filter)
            throws Exception {
        EdgeUrl edge = SharedLastmile.url(Transport.TCP);
        String missing = client.missing(edge);
        assumeTrue(missing == null, () -> client + " is not tested: " + missing);
        DeviceId device = device(client, filter);
        try (ForeignDevice subscribed =
                client.connect(edge, new Inbox(device.value(), filter, 1))) {
            MessageId id = SharedLastmile.api().accepted(device, "hello from " + client);
            ForeignDevice.Arrival arrival = subscribed.next();
            assertEquals(filter.equals("inbox") ? "inbox" : "inbox/" + id, arrival.topic());
            assertEquals("hello from " + client, arrival.payload());
            if (client.showsProperties()) {
                assertEquals("text/plain", arrival.contentType());
                assertEquals(id.toString(), arrival.messageId());
            }
            awaitDelivered(id);
        }
    }

    @Test
    void whatAPlainKafkaProducerSendsIsDelivered() throws Exception {
        DeviceId device = new DeviceId("plain-producer-1");
        try (ForeignDevice subscribed =
                        ForeignClient.HIVEMQ_5.connect(
                                SharedLastmile.url(Transport.TCP),
                                new Inbox(device.value(), "inbox/+", 1));
                var producer =
                        new KafkaProducer<String, String>(
                                Map.of(
                                        ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                                        Processes.sharedKafka()),
                                new StringSerializer(),
                                new StringSerializer())) {
            RecordMetadata sent =
                    producer.send(
                                    new ProducerRecord<>(
                                            SharedLastmile.prefix() + "messages",
                                            device.value(),
                                            "key and value, nothing else"))
                            .get(30, TimeUnit.SECONDS);
            MessageId id = new MessageId(sent.partition(), sent.offset());
            ForeignDevice.Arrival arrival = subscribed.next();
            assertEquals("inbox/" + id, arrival.topic());
            assertEquals("key and value, nothing else", arrival.payload());
            awaitDelivered(id);
        }
    }

    @Test
    void whatIsTakenBackIsNotDelivered() throws Exception {
        DeviceId device = new DeviceId("absent-1");
        MessageId taken = SharedLastmile.api().accepted(device, "wrong");
        MessageId kept = SharedLastmile.api().accepted(device, "right");
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertEquals(List.of(taken, kept), unsettled(device)));
        HttpResponse<String> answer = SharedLastmile.api().delete("/v1/messages/" + taken);
        assertEquals(202, answer.statusCode(), answer.body());
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() ->
                        assertEquals(
                                List.of(Outcome.CANCELLED),
                                SharedLastmile.ledger().outcomes(taken)));
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() ->
                        assertEquals(
                                409,
                                SharedLastmile.api().delete("/v1/messages/" + taken).statusCode()));
        try (ForeignDevice subscribed =
                ForeignClient.PAHO_311.connect(
                        SharedLastmile.url(Transport.TCP), Inbox.of(device.value()))) {
            assertEquals("right", subscribed.next().payload());
            awaitDelivered(kept);
        }
    }

    private static List<MessageId> unsettled(DeviceId device) throws Exception {
        HttpResponse<String> answer =
                SharedLastmile.api().ask("/v1/devices/" + device + "/messages");
        List<MessageId> ids = new ArrayList<>();
        JSON.readTree(answer.body())
                .path("messages")
                .forEach(message -> ids.add(MessageId.parse(message.path("id").asText())));
        return ids;
    }

    @Test
    void whoListensHearsOfTheReceipt() throws Exception {
        DeviceId device = new DeviceId("heard-1");
        try (Stream<String> lines = SharedLastmile.api().stream("/v1/receipts?device=" + device)) {
            Iterator<String> events = lines.iterator();
            assertTrue(next(events, "id: ").contains("-"));
            MessageId id = SharedLastmile.api().accepted(device, "hello");
            assertEquals(202, SharedLastmile.api().delete("/v1/messages/" + id).statusCode());
            JsonNode receipt = JSON.readTree(next(events, "data: ").substring(6));
            assertEquals(id.toString(), receipt.path("id").asText());
            assertEquals("cancelled", receipt.path("outcome").asText());
        }
    }

    private static String next(Iterator<String> events, String begin) {
        String line = events.next();
        while (!line.startsWith(begin)) {
            line = events.next();
        }
        return line;
    }

    @Test
    void tailShowsTheReceiptWithTheSameId() throws Exception {
        DeviceId device = new DeviceId("tailed-1");
        MessageId id = SharedLastmile.api().accepted(device, "hello");
        try (ForeignDevice subscribed =
                ForeignClient.PAHO_311.connect(
                        SharedLastmile.url(Transport.TCP), Inbox.of(device.value()))) {
            assertEquals("hello", subscribed.next().payload());
            awaitDelivered(id);
        }
        CommandRun tail = tail("receipts", device);
        JsonNode receipt = JSON.readTree(tail.output());
        assertEquals(id.toString(), receipt.path("id").asText(), tail.output());
        assertEquals("delivered", receipt.path("outcome").asText(), tail.output());
        assertEquals("tailed-1", receipt.path("device").asText(), tail.output());
        assertTrue(tail("messages", device).output().contains("\"hello\""));
    }

    private static CommandRun tail(String topic, DeviceId device) {
        CommandRun run =
                CommandRun.of(
                        JavaLaunch.forTests(),
                        Duration.ofSeconds(60),
                        "tail",
                        topic,
                        "--json",
                        "--no-follow",
                        "--device",
                        device.value(),
                        "--kafka.bootstrap=" + Processes.sharedKafka(),
                        "--kafka.topic-prefix=" + SharedLastmile.prefix());
        assertEquals(0, run.exitCode(), run.errors());
        return run;
    }

    private static DeviceId device(ForeignClient client, String filter) {
        String end = Integer.toHexString(filter.hashCode());
        return new DeviceId(client.name().toLowerCase(Locale.ROOT) + "-" + end);
    }

    private static void awaitDelivered(MessageId id) {
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() ->
                        assertEquals(
                                List.of(Outcome.DELIVERED), SharedLastmile.ledger().outcomes(id)));
    }
}
