package io.lastmile.process;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * One story on brokers that are not as ours is: a message waits for its device, is delivered, the
 * device moves to another edge, and a router is killed. {@code ./lastmile verify --kafka RELEASE}
 * runs the long tests on one of them.
 */
@Timeout(value = 240, unit = TimeUnit.SECONDS)
class OtherKafkaTest {
    private static final DeviceId DEVICE = new DeviceId("device-1");

    private final Ledger ledger = new Ledger();
    private final List<MessageId> sent = new ArrayList<>();

    @ParameterizedTest
    @ValueSource(strings = {OtherKafka.CLASSIC, OtherKafka.OLDEST})
    void messagesTakeTheWholePath(String which) throws Exception {
        String name = "kafka-" + which;
        Optional<OtherKafka> other = Processes.otherKafka(which, name + "-broker");
        assumeTrue(other.isPresent(), () -> "not tested: no jars or no Java for Kafka " + which);
        try (OtherKafka kafka = other.orElseThrow();
                Deployment deployment = Processes.deployment(name, "--kafka.single-replica=true")) {
            ServerProcess api = deployment.api("api", kafka.bootstrap());
            ServerProcess router1 = deployment.router("router-1", kafka.bootstrap());
            ServerProcess router2 = deployment.router("router-2", kafka.bootstrap());
            ServerProcess edgeA = deployment.edge("edge-a", kafka.bootstrap());
            ServerProcess edgeB = deployment.edge("edge-b", kafka.bootstrap());
            Deployment.startAll(api, router1, router2, edgeA, edgeB);
            try (ReceiptsReader _ =
                            ReceiptsReader.into(
                                    ledger,
                                    kafka.bootstrap(),
                                    Processes.prefix(name) + "receipts");
                    Devices clients = new Devices(1, ledger::received)) {
                send(api, "while nobody is there");
                send(api, "and one more");
                Device first = subscribed(clients, edgeA);
                awaitDelivered();
                send(api, "online");
                awaitDelivered();

                Device second = subscribed(clients, edgeB);
                assertTrue(first.closed().get(30, TimeUnit.SECONDS) > 0, "taken over");
                send(api, "at the other edge");
                awaitDelivered();

                router1.kill();
                send(api, "with one router");
                awaitDelivered();
                router2.kill();
                router1.start();
                send(api, "with the other one");
                awaitDelivered();
                assertTrue(!second.closed().isDone(), "stays");
            }
        }
    }

    private void send(ServerProcess api, String payload) {
        MessageId id = new ApiCalls(api.port("api.port")).accepted(DEVICE, payload);
        ledger.accepted(id, DEVICE);
        sent.add(id);
    }

    private static Device subscribed(Devices clients, ServerProcess edge) throws Exception {
        Device device = clients.connect(DEVICE, DeviceOptions.at(edge.address("edge.mqtt.port")));
        device.subscribed().get(30, TimeUnit.SECONDS);
        return device;
    }

    /** All that was sent, in order, once; and each has its receipt. */
    private void awaitDelivered() {
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> {
                    assertEquals(sent, ledger.received(DEVICE));
                    for (MessageId id : sent) {
                        assertEquals(List.of(Outcome.DELIVERED), ledger.outcomes(id));
                    }
                });
    }
}
