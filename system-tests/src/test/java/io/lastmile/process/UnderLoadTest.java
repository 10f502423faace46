package io.lastmile.process;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lastmile.bench.load.Books;
import io.lastmile.bench.load.Load;
import io.lastmile.bench.load.Until;
import io.lastmile.bench.process.Deployment;
import io.lastmile.bench.process.Scrape;
import io.lastmile.bench.process.ServerProcess;
import io.lastmile.bench.process.TcpProxy;
import io.lastmile.node.Metric;
import io.lastmile.wire.DeviceId;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Two routers and two edges under a load on many devices, while one of the faults of the manual's
 * table strikes. Each test leaves everything running.
 */
@Timeout(value = 240, unit = TimeUnit.SECONDS)
class UnderLoadTest {
    private static final String NAME = "under-load";
    private static final int DEVICES = 200;
    private static final double PER_SECOND = 150;
    private static final int PARTITIONS = 4;
    private static final int MANY = 200;

    /** Several times what it takes to be declared gone. */
    private static final Duration LONG_PAUSE = Duration.ofSeconds(5);

    private static final Deployment DEPLOYMENT =
            Processes.deployment(NAME, "--kafka.single-replica=true", "--node.heartbeat=500ms");
    private static final String BOOTSTRAP = Processes.sharedKafka();
    private static final TcpProxy HOP = new TcpProxy();
    private static final ServerProcess API = DEPLOYMENT.api("api", BOOTSTRAP);
    private static final ServerProcess ROUTER_1 = DEPLOYMENT.router("router-1", BOOTSTRAP);
    private static final ServerProcess ROUTER_2 = DEPLOYMENT.router("router-2", BOOTSTRAP);
    private static final ServerProcess EDGE_A = DEPLOYMENT.edgeBehind(HOP, "edge-a", BOOTSTRAP);
    private static final ServerProcess EDGE_B = DEPLOYMENT.edge("edge-b", BOOTSTRAP);

    @BeforeAll
    static void start() {
        Deployment.startAll(API, ROUTER_1, ROUTER_2, EDGE_A, EDGE_B);
    }

    @AfterAll
    static void end() {
        DEPLOYMENT.close();
        HOP.close();
    }

    @Test
    void killedAgainAndAgainNothingIsLost() throws Exception {
        try (Books books = books("killed")) {
            round(books, ROUTER_1);
            round(books, EDGE_A);
            round(books, ROUTER_2, EDGE_B);
            round(books, ROUTER_1, ROUTER_2);
            round(books, ROUTER_1, EDGE_A, EDGE_B);
            books.settle();
        }
    }

    /** kill -9 of all of these at the same time, and a start of each, as a supervisor does. */
    private static void round(Books books, ServerProcess... killed) {
        for (ServerProcess process : killed) {
            process.kill();
            if (process == EDGE_A || process == EDGE_B) {
                books.struck(devices(process));
            }
        }
        Deployment.startAll(killed);
        books.awaitConnected();
        books.awaitDelivered();
    }

    @Test
    void aHopThatIsCutDelaysOnlyItsOwnDevices() throws Exception {
        int gone = declaredGone();
        try (Books books = books("cut")) {
            HOP.cut();
            onlyTheOtherEdgeGetsMessages(books);
            HOP.heal();
            books.awaitDelivered();
            assertEquals(0, books.settle(), "duplicates");
            assertEquals(gone, declaredGone(), "the edge's heartbeats went on");
        } finally {
            HOP.heal();
        }
    }

    @Test
    void aHopThatFallsSilentDelaysOnlyItsOwnDevices() throws Exception {
        int gone = declaredGone();
        try (Books books = books("silent")) {
            eventually(() -> assertTrue(openHops(ROUTER_1) >= 2 && openHops(ROUTER_2) >= 2));
            int closedBefore = silentHops();
            HOP.silence();
            onlyTheOtherEdgeGetsMessages(books);
            eventually(() -> assertTrue(silentHops() >= closedBefore + 2, "both routers notice"));
            HOP.heal();
            books.awaitDelivered();
            assertEquals(0, books.settle(), "duplicates");
            assertEquals(gone, declaredGone(), "the edge's heartbeats went on");
        } finally {
            HOP.heal();
        }
    }

    @Test
    void aSlowHopDelaysOnlyItsOwnDevices() throws Exception {
        int gone = declaredGone();
        try (Books books = books("slow")) {
            HOP.slow(2_000);
            long arrived = books.arrivedAt(devices(EDGE_B));
            eventually(() -> assertTrue(books.arrivedAt(devices(EDGE_B)) > arrived + 2 * MANY));
            HOP.heal();
            books.awaitDelivered();
            assertEquals(0, books.settle(), "duplicates");
            assertEquals(gone, declaredGone(), "the edge's heartbeats went on");
        } finally {
            HOP.heal();
        }
    }

    private static void onlyTheOtherEdgeGetsMessages(Books books) {
        long cutOff = books.arrivedAt(devices(EDGE_A));
        long other = books.arrivedAt(devices(EDGE_B));
        eventually(() -> assertTrue(books.arrivedAt(devices(EDGE_B)) > other + MANY));
        long onTheWay = books.arrivedAt(devices(EDGE_A)) - cutOff;
        assertTrue(onTheWay < MANY / 4, "cut off, and yet got " + onTheWay);
        assertEquals(DEVICES / 2, books.fleet().subscribedAt(devices(EDGE_A)).size(), "stay");
    }

    private static double openHops(ServerProcess router) {
        return Scrape.sum(router, Metric.ROUTER_HOPS, "open");
    }

    private static int silentHops() {
        return occurrences(ROUTER_1, "hop silent") + occurrences(ROUTER_2, "hop silent");
    }

    @Test
    void aRouterThatStoodStillIsFencedAndJoinsAgain() throws Exception {
        try (Books books = books("zombie")) {
            ROUTER_1.pause();
            eventually(() -> assertEquals(PARTITIONS, owned(ROUTER_2), "taken over"));
            books.awaitDelivered();
            ROUTER_1.resume();
            eventually(() -> assertTrue(owned(ROUTER_1) > 0, "owns again"));
            eventually(() -> assertEquals(PARTITIONS, owned(ROUTER_1) + owned(ROUTER_2)));
            books.awaitDelivered();
            assertEquals(0, books.settle(), "duplicates");
        } finally {
            ROUTER_1.resume();
        }
    }

    @Test
    void aRouterThatIsTakenForGoneCostsTwoClaimsAPartitionAtMost() throws Exception {
        try (Books books = books("false-gone")) {
            books.awaitDelivered();
            Map<Integer, Integer> before = Claims.byPartition(BOOTSTRAP, Processes.prefix(NAME));
            ROUTER_1.pause();
            Until.passed(LONG_PAUSE);
            ROUTER_1.resume();
            eventually(() -> assertTrue(owned(ROUTER_1) > 0, "owns again"));
            eventually(() -> assertEquals(PARTITIONS, owned(ROUTER_1) + owned(ROUTER_2)));
            assertEquals(0, books.settle(), "duplicates");
            Map<Integer, Integer> after = Claims.byPartition(BOOTSTRAP, Processes.prefix(NAME));
            assertTrue(Claims.most(before, after) <= 2, () -> before + " became " + after);
        } finally {
            ROUTER_1.resume();
        }
    }

    @Test
    void anEdgeThatStoodStillUntilItWasGoneComesBackAsAnother() throws Exception {
        try (Books books = books("frozen")) {
            int goneBefore = occurrences(ROUTER_2, "edge gone");
            EDGE_B.pause();
            books.struck(devices(EDGE_B));
            eventually(() -> assertTrue(occurrences(ROUTER_2, "edge gone") > goneBefore));
            EDGE_B.resume();
            books.awaitDelivered();
            books.settle();
            assertTrue(EDGE_B.output().contains("Declared gone"), EDGE_B.output());
        } finally {
            EDGE_B.resume();
        }
    }

    @Test
    void whereRetentionTookWhatWasNotReadTheRestIsDelivered() throws Exception {
        List<ServerProcess> routers = List.of(ROUTER_1, ROUTER_2);
        double gapsBefore = logGaps();
        try (Load load =
                new Load(API.address("api.port"), List.of(new DeviceId("unread")), PER_SECOND)) {
            routers.forEach(ServerProcess::pause);
            eventually(() -> assertTrue(load.accepted().size() > MANY));
            deleteMessages();
        } finally {
            routers.forEach(ServerProcess::resume);
        }
        eventually(() -> assertTrue(logGaps() > gapsBefore, "counted"));
        try (Books books = books("behind-the-gap")) {
            books.awaitDelivered();
            assertEquals(0, books.settle(), "duplicates");
        }
    }

    private static void deleteMessages() throws Exception {
        Map<TopicPartition, RecordsToDelete> all = new HashMap<>();
        for (int partition = 0; partition < PARTITIONS; partition++) {
            all.put(
                    new TopicPartition(Processes.prefix(NAME) + "messages", partition),
                    RecordsToDelete.beforeOffset(-1)); // the end
        }
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", BOOTSTRAP))) {
            var _ = admin.deleteRecords(all).all().get(30, TimeUnit.SECONDS);
        }
    }

    private static double logGaps() {
        return Scrape.sum(ROUTER_1, Metric.ROUTER_LOG_GAPS)
                + Scrape.sum(ROUTER_2, Metric.ROUTER_LOG_GAPS);
    }

    private static int declaredGone() {
        return occurrences(EDGE_A, "Declared gone") + occurrences(EDGE_B, "Declared gone");
    }

    private static double owned(ServerProcess router) {
        return Scrape.sum(router, Metric.ROUTER_OWNED);
    }

    private static int occurrences(ServerProcess process, String text) {
        return process.output().split(text, -1).length - 1;
    }

    private static InetSocketAddress devices(ServerProcess edge) {
        return edge.address("edge.mqtt.port");
    }

    private static Books books(String name) {
        return new Books(
                name,
                DEVICES,
                PER_SECOND,
                API.address("api.port"),
                List.of(devices(EDGE_A), devices(EDGE_B)),
                BOOTSTRAP,
                Processes.prefix(NAME));
    }

    private static void eventually(ThrowingRunnable assertion) {
        await().atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(100))
                .untilAsserted(assertion);
    }
}
