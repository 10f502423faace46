package io.lastmile.process;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.lastmile.bench.load.Books;
import io.lastmile.bench.process.Deployment;
import io.lastmile.bench.process.ServerProcess;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A cluster as in production: replication 3, two in sync. One broker at a time is killed. */
@Timeout(value = 240, unit = TimeUnit.SECONDS)
class ThreeBrokersTest {
    private static final String NAME = "three-brokers";
    private static final int DEVICES = 100;
    private static final double PER_SECOND = 50;

    private static final Deployment DEPLOYMENT = Processes.deployment(NAME);
    private static final List<ServerProcess> KAFKA = DEPLOYMENT.kafka(3);
    private static final String BOOTSTRAP = Deployment.bootstrap(KAFKA);
    private static final ServerProcess API = DEPLOYMENT.api("api", BOOTSTRAP);
    private static final ServerProcess ROUTER = DEPLOYMENT.router("router", BOOTSTRAP);
    private static final ServerProcess EDGE = DEPLOYMENT.edge("edge", BOOTSTRAP);

    @BeforeAll
    static void start() {
        Deployment.startAll(KAFKA.toArray(ServerProcess[]::new));
        Deployment.startAll(API, ROUTER, EDGE);
    }

    @AfterAll
    static void end() {
        DEPLOYMENT.close();
    }

    @Test
    void aBrokerIsKilledAndNothingIsLostAndNobodyIsGone() throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", BOOTSTRAP));
                Books books =
                        new Books(
                                "broker",
                                DEVICES,
                                PER_SECOND,
                                API.address("api.port"),
                                List.of(EDGE.address("edge.mqtt.port")),
                                BOOTSTRAP,
                                Processes.prefix(NAME))) {
            for (ServerProcess broker : KAFKA) {
                awaitAllInSync(admin);
                broker.kill();
                books.awaitGrowth();
                broker.start();
            }
            books.awaitDelivered();
            assertEquals(0, books.settle(), "duplicates");
            assertEquals(DEVICES, books.fleet().subscribed(), "connections stayed");
        }
        assertFalse(EDGE.output().contains("Declared gone"), EDGE.output());
    }

    private static void awaitAllInSync(Admin admin) {
        List<String> topics =
                List.of("messages", "events", "receipts", "presence", "inbox", "nodes").stream()
                        .map(topic -> Processes.prefix(NAME) + topic)
                        .toList();
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> {
                    for (TopicDescription topic :
                            admin.describeTopics(topics)
                                    .allTopicNames()
                                    .get(30, TimeUnit.SECONDS)
                                    .values()) {
                        topic.partitions()
                                .forEach(partition ->
                                        assertEquals(3, partition.isr().size(), topic.name()));
                    }
                });
    }
}
