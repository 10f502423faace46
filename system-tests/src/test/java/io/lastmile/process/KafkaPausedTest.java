package io.lastmile.process;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.lastmile.bench.load.Books;
import io.lastmile.bench.load.Until;
import io.lastmile.bench.process.Deployment;
import io.lastmile.bench.process.Scrape;
import io.lastmile.bench.process.ServerProcess;
import io.lastmile.node.Metric;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * All three brokers stand still, and the one that led the topic of nodes is dead when the others go
 * on: no router takes another for gone, and no partition is claimed. {@code
 * -Dlastmile.pause.seconds=60} makes it last longer than a build has time for.
 */
@Timeout(value = 300, unit = TimeUnit.SECONDS)
class KafkaPausedTest {
    private static final String NAME = "kafka-paused";
    private static final int DEVICES = 60;
    private static final double PER_SECOND = 60;
    private static final int ROUTERS = 3;
    private static final double PARTITIONS = 4;
    private static final Duration PAUSE =
            Duration.ofSeconds(Integer.getInteger("lastmile.pause.seconds", 15));

    private static final Deployment DEPLOYMENT = Processes.deployment(NAME);
    private static final List<ServerProcess> KAFKA = DEPLOYMENT.kafka(3);
    private static final String BOOTSTRAP = Deployment.bootstrap(KAFKA);
    private static final ServerProcess API = DEPLOYMENT.api("api", BOOTSTRAP);
    private static final ServerProcess EDGE = DEPLOYMENT.edge("edge", BOOTSTRAP);
    private static final List<ServerProcess> THE_ROUTERS =
            IntStream.rangeClosed(1, ROUTERS)
                    .mapToObj(i -> DEPLOYMENT.router("router-" + i, BOOTSTRAP))
                    .toList();

    @BeforeAll
    static void start() {
        Deployment.startAll(KAFKA.toArray(ServerProcess[]::new));
        Deployment.startAll(API, EDGE);
        Deployment.startAll(THE_ROUTERS.toArray(ServerProcess[]::new));
    }

    @AfterAll
    static void end() {
        DEPLOYMENT.close();
    }

    @Test
    void aPauseCostsNoClaimThoughALeaderMoves() throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", BOOTSTRAP));
                Books books =
                        new Books(
                                "paused",
                                DEVICES,
                                PER_SECOND,
                                API.address("api.port"),
                                List.of(EDGE.address("edge.mqtt.port")),
                                BOOTSTRAP,
                                Processes.prefix(NAME))) {
            books.awaitGrowth();
            awaitAllOwned();
            Map<Integer, Integer> before = Claims.byPartition(BOOTSTRAP, Processes.prefix(NAME));
            int leader = leaderOfNodes(admin);
            KAFKA.forEach(ServerProcess::pause);
            Until.passed(PAUSE);
            KAFKA.get(leader - 1).kill();
            KAFKA.stream().filter(ServerProcess::isAlive).forEach(ServerProcess::resume);
            books.awaitGrowth();
            await().atMost(Duration.ofSeconds(60))
                    .untilAsserted(() -> assertNotEquals(leader, leaderOfNodes(admin)));
            books.awaitGrowth();
            KAFKA.get(leader - 1).start();
            assertEquals(0, books.settle(), "duplicates");
            Map<Integer, Integer> after = Claims.byPartition(BOOTSTRAP, Processes.prefix(NAME));
            assertEquals(before, after, "claims");
        }
        for (ServerProcess process : THE_ROUTERS) {
            assertFalse(process.output().contains("declaring it gone"), process.output());
        }
    }

    private static void awaitAllOwned() {
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() ->
                        assertEquals(
                                PARTITIONS,
                                THE_ROUTERS.stream()
                                        .mapToDouble(
                                                router -> Scrape.sum(router, Metric.ROUTER_OWNED))
                                        .sum()));
    }

    private static int leaderOfNodes(Admin admin) throws Exception {
        String topic = Processes.prefix(NAME) + "nodes";
        return admin.describeTopics(List.of(topic))
                .allTopicNames()
                .get(60, TimeUnit.SECONDS)
                .values()
                .iterator()
                .next()
                .partitions()
                .getFirst()
                .leader()
                .id();
    }
}
