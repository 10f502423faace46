package io.lastmile.process;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lastmile.bench.load.Books;
import io.lastmile.bench.process.Deployment;
import io.lastmile.bench.process.ServerProcess;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * All devices are at one edge and under load when it ends. At the size of a real one:
 *
 * <pre>
 *   -Dlastmile.full-edge.devices=10000 -Dlastmile.full-edge.rate=1000
 * </pre>
 */
@Timeout(value = 300, unit = TimeUnit.SECONDS)
class FullEdgeTest {
    private static final String NAME = "full-edge";
    private static final int DEVICES = Integer.getInteger("lastmile.full-edge.devices", 400);
    private static final int PER_SECOND = Integer.getInteger("lastmile.full-edge.rate", 200);

    private static final Deployment DEPLOYMENT =
            Processes.deployment(NAME, "--kafka.single-replica=true", "--node.heartbeat=500ms");
    private static final String BOOTSTRAP = Processes.sharedKafka();
    private static final ServerProcess API = DEPLOYMENT.api("api", BOOTSTRAP);
    private static final ServerProcess ROUTER = DEPLOYMENT.router("router", BOOTSTRAP);
    private static final ServerProcess FULL = DEPLOYMENT.edge("full", BOOTSTRAP);
    private static final ServerProcess SPARE = DEPLOYMENT.edge("spare", BOOTSTRAP);

    @BeforeAll
    static void start() {
        Deployment.startAll(API, ROUTER, FULL);
    }

    @AfterAll
    static void end() {
        DEPLOYMENT.close();
    }

    @Test
    void stoppedItLosesNothingAndGivesNothingTwice() throws Exception {
        try (Books books = allAtTheFullOne("drained")) {
            assertEquals(0, FULL.stop(), "its exit status");
            assertEquals(0, settled(books), "given twice");
            System.out.println("given twice after a drain: 0 of " + books.accepted());
        } finally {
            changeBack();
        }
    }

    @Test
    void killedItLosesNothing() throws Exception {
        try (Books books = allAtTheFullOne("killed")) {
            FULL.kill();
            books.struck(devices(FULL));
            int twice = settled(books);
            System.out.println("given twice after kill -9: " + twice + " of " + books.accepted());
        } finally {
            changeBack();
        }
    }

    /** While the spare one is not there, everybody ends up at the other. */
    private static Books allAtTheFullOne(String name) {
        Books books =
                new Books(
                        name,
                        DEVICES,
                        PER_SECOND,
                        API.address("api.port"),
                        List.of(devices(FULL), devices(SPARE)),
                        BOOTSTRAP,
                        Processes.prefix(NAME));
        SPARE.start();
        books.awaitGrowth();
        assertEquals(DEVICES, books.fleet().subscribedAt(devices(FULL)).size());
        return books;
    }

    private static int settled(Books books) throws InterruptedException {
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() ->
                        assertEquals(DEVICES, books.fleet().subscribedAt(devices(SPARE)).size()));
        books.awaitGrowth();
        return books.settle();
    }

    private static void changeBack() {
        SPARE.stop();
        FULL.start();
    }

    private static InetSocketAddress devices(ServerProcess edge) {
        return edge.address("edge.mqtt.port");
    }
}
