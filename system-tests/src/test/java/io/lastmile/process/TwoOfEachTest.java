package io.lastmile.process;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lastmile.bench.load.Device;
import io.lastmile.bench.load.DeviceOptions;
import io.lastmile.bench.load.Devices;
import io.lastmile.bench.load.Ledger;
import io.lastmile.bench.load.ReceiptsReader;
import io.lastmile.bench.process.Deployment;
import io.lastmile.bench.process.ServerProcess;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.MessageId;
import io.lastmile.wire.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;

/**
 * Two edges and two routers as separate processes. The tests build on each other: each leaves fewer
 * processes than it found.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@Timeout(value = 180, unit = TimeUnit.SECONDS)
class TwoOfEachTest {
    private static final String NAME = "two-of-each";
    private static final int SESSION_TAKEN_OVER = 0x8E;

    private static final Deployment DEPLOYMENT =
            Processes.deployment(NAME, "--kafka.single-replica=true", "--node.heartbeat=500ms");
    private static final ServerProcess API = DEPLOYMENT.api("api", Processes.sharedKafka());
    private static final ServerProcess ROUTER_1 =
            DEPLOYMENT.router("router-1", Processes.sharedKafka());
    private static final ServerProcess ROUTER_2 =
            DEPLOYMENT.router("router-2", Processes.sharedKafka());
    private static final ServerProcess EDGE_A = DEPLOYMENT.edge("edge-a", Processes.sharedKafka());
    private static final ServerProcess EDGE_B = DEPLOYMENT.edge("edge-b", Processes.sharedKafka());

    private final Ledger ledger = new Ledger();

    @BeforeAll
    static void start() {
        Deployment.startAll(API, ROUTER_1, ROUTER_2, EDGE_A, EDGE_B);
    }

    @AfterAll
    static void end() {
        DEPLOYMENT.close();
    }

    @Test
    @Order(1)
    void aDeviceThatConnectsElsewhereIsClosedWhereItWasAndItsMessagesFollow() throws Exception {
        DeviceId device = new DeviceId("mover-1");
        ApiCalls api = new ApiCalls(API.port("api.port"));
        try (Devices atA = new Devices(1, ledger::received);
                Devices atB = new Devices(1, ledger::received);
                PresenceReader presence = presence();
                ReceiptsReader _ = receipts()) {
            Device first = atA.connect(device, at(EDGE_A));
            first.subscribed().get(30, TimeUnit.SECONDS);
            MessageId before = api.accepted(device, "to A");
            eventually(() -> assertEquals(List.of(before), ledger.received(device)));
            eventually(() -> assertEquals("edge-a", presence.edge(device)));

            Device second = atB.connect(device, at(EDGE_B));
            second.subscribed().get(30, TimeUnit.SECONDS);
            assertEquals(SESSION_TAKEN_OVER, first.closed().get(30, TimeUnit.SECONDS));
            MessageId after = api.accepted(device, "to B");
            eventually(() -> assertEquals(List.of(before, after), ledger.received(device)));
            eventually(() -> assertEquals("edge-b", presence.edge(device)));
            assertFalse(second.closed().isDone(), "the newer session stays");
            eventually(() -> assertEquals(List.of(Outcome.DELIVERED), ledger.outcomes(after)));

            second.drop();
            eventually(() -> assertEquals("offline", presence.edge(device)));
        }
    }

    @Test
    @Order(2)
    void deliveryGoesOnWhenOneRouterIsKilled() throws Exception {
        List<DeviceId> devices =
                IntStream.range(0, 16).mapToObj(i -> new DeviceId("routed-" + i)).toList();
        ApiCalls api = new ApiCalls(API.port("api.port"));
        try (Devices clients = new Devices(1, ledger::received);
                ReceiptsReader _ = receipts()) {
            clients.connectAll(devices, at(EDGE_A)).get(30, TimeUnit.SECONDS);
            postToEach(api, devices, "both routers run");
            eventually(() -> assertEquals(List.of(), ledger.missing()));

            ROUTER_1.kill();
            postToEach(api, devices, "one router is dead");
            eventually(() -> assertEquals(List.of(), ledger.missing()));
            eventually(() -> assertEquals(List.of(), ledger.notSettledOnce()));
            assertEquals(List.of(), ledger.duplicates(), "given twice");
            assertEquals(List.of(), ledger.misplaced(), "out of order");
        }
    }

    @Test
    @Order(3)
    void whatADeadEdgesDeviceDidNotAcknowledgeReachesItAtAnother() throws Exception {
        DeviceId device = new DeviceId("orphan-1");
        ApiCalls api = new ApiCalls(API.port("api.port"));
        Ledger silent = new Ledger();
        try (Devices atA = new Devices(1, silent::received);
                Devices atB = new Devices(1, ledger::received);
                ReceiptsReader _ = receipts()) {
            Device first = atA.connect(device, at(EDGE_A).ackAfterMs(DeviceOptions.NEVER));
            first.subscribed().get(30, TimeUnit.SECONDS);
            MessageId one = api.accepted(device, "one");
            MessageId two = api.accepted(device, "two");
            ledger.accepted(one, device);
            ledger.accepted(two, device);
            eventually(() -> assertEquals(List.of(one, two), silent.received(device)));

            EDGE_A.kill();
            assertTrue(first.closed().get(30, TimeUnit.SECONDS) >= 0);
            atB.connect(device, at(EDGE_B)).subscribed().get(30, TimeUnit.SECONDS);
            eventually(() -> assertEquals(List.of(one, two), ledger.received(device)));
            MessageId three = api.accepted(device, "three");
            ledger.accepted(three, device);
            eventually(() -> assertEquals(List.of(one, two, three), ledger.received(device)));
            eventually(() -> assertEquals(List.of(), ledger.notSettledOnce()));
        }
    }

    private void postToEach(ApiCalls api, List<DeviceId> devices, String payload) {
        for (DeviceId device : devices) {
            ledger.accepted(api.accepted(device, payload), device);
        }
    }

    private static DeviceOptions at(ServerProcess edge) {
        return DeviceOptions.at(edge.address("edge.mqtt.port"));
    }

    private static PresenceReader presence() {
        return new PresenceReader(Processes.sharedKafka(), Processes.prefix(NAME) + "presence");
    }

    private ReceiptsReader receipts() {
        return ReceiptsReader.into(
                ledger, Processes.sharedKafka(), Processes.prefix(NAME) + "receipts");
    }

    private static void eventually(ThrowingRunnable assertion) {
        await().atMost(Duration.ofSeconds(60)).untilAsserted(assertion);
    }
}
