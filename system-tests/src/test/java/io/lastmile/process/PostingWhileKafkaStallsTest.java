package io.lastmile.process;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lastmile.bench.load.WholeTopic;
import io.lastmile.bench.process.Deployment;
import io.lastmile.bench.process.ServerProcess;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Kafka stalls for about as long as the API waits for it: what was on its way may be in the log or
 * not, but nothing is there twice.
 */
class PostingWhileKafkaStallsTest {
    private static final String NAME = "stalling";
    private static final String DEVICE = "phone-1";
    private static final int STALLS = 12;

    /** The shortest stall is a little shorter than what Kafka is given, the longest longer. */
    private static final int POSTS_MIN = 10;

    private static final int POSTS_SPREAD = 4;
    private static final long BETWEEN_POSTS_NS = TimeUnit.MILLISECONDS.toNanos(100);

    @Test
    @Timeout(value = 180, unit = TimeUnit.SECONDS)
    void nothingIsInTheLogTwice() throws Exception {
        try (Deployment deployment = Processes.deployment(NAME, "--kafka.single-replica=true")) {
            ServerProcess kafka = deployment.kafka().start();
            String bootstrap = Deployment.bootstrap(List.of(kafka));
            ServerProcess api = deployment.api("api", bootstrap).start();
            for (int stall = 0; stall < STALLS; stall++) {
                assertEquals(202, post(api, "before-" + stall));
                postThrough(kafka, api, stall);
                assertEquals(202, post(api, "after-" + stall));
            }
            assertEquals(List.of(), twice(bootstrap));
        }
    }

    /** All to one device, and so to one partition: each post is a batch of its own. */
    private static void postThrough(ServerProcess kafka, ServerProcess api, int stall)
            throws Exception {
        List<Future<Integer>> answers = new ArrayList<>();
        try (ExecutorService posters = Executors.newVirtualThreadPerTaskExecutor()) {
            kafka.pause();
            try {
                for (int i = 0; i < POSTS_MIN + stall % POSTS_SPREAD; i++) {
                    String payload = stall + "-" + i;
                    answers.add(posters.submit(() -> post(api, payload)));
                    LockSupport.parkNanos(BETWEEN_POSTS_NS); // the load, not a wait for anything
                }
            } finally {
                kafka.resume();
            }
        }
        for (Future<Integer> answer : answers) {
            answer.get();
        }
    }

    private static int post(ServerProcess api, String payload) {
        return new ApiCalls(api.port("api.port")).post(DEVICE, payload).statusCode();
    }

    private static List<String> twice(String bootstrap) {
        Map<String, Integer> seen = new TreeMap<>();
        String topic = Processes.prefix(NAME) + "messages";
        for (ConsumerRecord<byte[], byte[]> record : WholeTopic.read(bootstrap, topic)) {
            seen.merge(new String(record.value(), UTF_8), 1, Integer::sum);
        }
        seen.values().removeIf(count -> count == 1);
        return List.copyOf(seen.keySet());
    }
}
