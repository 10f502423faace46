package io.lastmile.process;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lastmile.bench.load.Answer;
import io.lastmile.bench.load.WholeTopic;
import io.lastmile.bench.process.Deployment;
import io.lastmile.bench.process.ServerProcess;
import io.lastmile.wire.MessageId;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** kill -9 of Kafka while many post: each 202 is for a message that is in the log afterwards. */
class PostingWhileKafkaDiesTest {
    private static final String NAME = "posting";
    private static final int POSTERS = 16;
    private static final int ENOUGH = 200;

    private final Map<MessageId, String> accepted = new ConcurrentHashMap<>();
    private final AtomicInteger refused = new AtomicInteger();
    private final AtomicBoolean stopped = new AtomicBoolean();

    @Test
    @Timeout(value = 180, unit = TimeUnit.SECONDS)
    void everyAcceptedMessageIsInTheLog() throws Exception {
        try (Deployment deployment = Processes.deployment(NAME, "--kafka.single-replica=true")) {
            ServerProcess kafka = deployment.kafka().start();
            String bootstrap = Deployment.bootstrap(List.of(kafka));
            ServerProcess api = deployment.api("api", bootstrap).start();
            List<Thread> posters = new ArrayList<>();
            for (int i = 0; i < POSTERS; i++) {
                String name = "poster-" + i;
                posters.add(Thread.ofVirtual().start(() -> post(api.port("api.port"), name)));
            }
            try {
                awaitAccepted(ENOUGH);
                kafka.kill();
                await().atMost(Duration.ofSeconds(30)).until(() -> refused.get() >= POSTERS);
                int before = accepted.size();
                kafka.start();
                awaitAccepted(before + ENOUGH);
            } finally {
                stopped.set(true);
                for (Thread poster : posters) {
                    poster.join();
                }
            }
            assertInTheLog(bootstrap);
        }
    }

    private void awaitAccepted(int count) {
        await().atMost(Duration.ofSeconds(60)).until(() -> accepted.size() >= count);
    }

    private void post(int port, String device) {
        ApiCalls api = new ApiCalls(port);
        for (int i = 0; !stopped.get(); i++) {
            String payload = device + "-" + i;
            HttpResponse<String> answer = api.post(device, payload);
            if (answer.statusCode() == 202) {
                accepted.put(new Answer(202, answer.body()).id(), payload);
            } else {
                assertEquals(503, answer.statusCode(), answer.body());
                refused.incrementAndGet();
            }
        }
    }

    private void assertInTheLog(String bootstrap) {
        Map<MessageId, String> log = new ConcurrentHashMap<>();
        String topic = Processes.prefix(NAME) + "messages";
        for (ConsumerRecord<byte[], byte[]> record : WholeTopic.read(bootstrap, topic)) {
            log.put(
                    new MessageId(record.partition(), record.offset()),
                    new String(record.value(), UTF_8));
        }
        List<String> wrong = new ArrayList<>();
        accepted.forEach((id, payload) -> {
            if (!payload.equals(log.get(id))) {
                wrong.add(id + " was to be " + payload + " and is " + log.get(id));
            }
        });
        assertEquals(List.of(), wrong);
        assertTrue(log.size() >= accepted.size(), "what was answered 503 may be there as well");
    }
}
