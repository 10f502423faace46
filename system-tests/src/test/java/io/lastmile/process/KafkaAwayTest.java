package io.lastmile.process;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lastmile.bench.load.Answer;
import io.lastmile.bench.load.Device;
import io.lastmile.bench.load.DeviceOptions;
import io.lastmile.bench.load.Devices;
import io.lastmile.bench.load.Ledger;
import io.lastmile.bench.load.ReceiptsReader;
import io.lastmile.bench.process.Deployment;
import io.lastmile.bench.process.ServerProcess;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.MessageId;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** All of Kafka gone for a while: the API says so, sockets stay, everything resumes by itself. */
@Timeout(value = 240, unit = TimeUnit.SECONDS)
class KafkaAwayTest {
    private static final String NAME = "kafka-away";

    private static final Deployment DEPLOYMENT =
            Processes.deployment(NAME, "--kafka.single-replica=true", "--node.heartbeat=500ms");
    private static final ServerProcess KAFKA = DEPLOYMENT.kafka();
    private static final String BOOTSTRAP = Deployment.bootstrap(List.of(KAFKA));
    private static final ServerProcess API = DEPLOYMENT.api("api", BOOTSTRAP);
    private static final ServerProcess ROUTER = DEPLOYMENT.router("router", BOOTSTRAP);
    private static final ServerProcess EDGE = DEPLOYMENT.edge("edge", BOOTSTRAP);

    /** How Kafka goes away. */
    enum Absence {
        KILLED {
            @Override
            void begin() {
                KAFKA.kill();
            }

            @Override
            void end() {
                KAFKA.start();
            }
        },
        PAUSED {
            @Override
            void begin() {
                KAFKA.pause();
            }

            @Override
            void end() {
                KAFKA.resume();
            }
        };

        abstract void begin();

        abstract void end();
    }

    @BeforeAll
    static void start() {
        KAFKA.start();
        Deployment.startAll(API, ROUTER, EDGE);
    }

    @AfterAll
    static void end() {
        DEPLOYMENT.close();
    }

    @ParameterizedTest
    @EnumSource
    void theApiAnswers503AndEverythingResumes(Absence absence) throws Exception {
        DeviceId device = new DeviceId("patient-" + absence.name());
        ApiCalls api = new ApiCalls(API.port("api.port"));
        Ledger ledger = new Ledger();
        try (Devices clients = new Devices(1, ledger::received);
                ReceiptsReader _ =
                        ReceiptsReader.into(
                                ledger, BOOTSTRAP, Processes.prefix(NAME) + "receipts")) {
            Device connected =
                    clients.connect(device, DeviceOptions.at(EDGE.address("edge.mqtt.port")));
            connected.subscribed().get(60, TimeUnit.SECONDS);
            ledger.accepted(api.accepted(device, "before"), device);
            await().atMost(Duration.ofSeconds(60)).until(() -> ledger.missing().isEmpty());

            absence.begin();
            for (int i = 0; i < 3; i++) {
                assertRefusedWithinTwoSeconds(api, device);
            }
            assertFalse(connected.closed().isDone(), "the device's socket stays open");

            absence.end();
            MessageId after =
                    await().atMost(Duration.ofSeconds(60))
                            .pollInterval(Duration.ofMillis(200))
                            .until(
                                    () -> {
                                        HttpResponse<String> answer =
                                                api.post(device.value(), "after");
                                        return answer.statusCode() == 202
                                                ? new Answer(202, answer.body()).id()
                                                : null;
                                    },
                                    id -> id != null);
            ledger.accepted(after, device);
            await().atMost(Duration.ofSeconds(60)).until(() -> ledger.missing().isEmpty());
            await().atMost(Duration.ofSeconds(60)).until(() -> ledger.notSettledOnce().isEmpty());
            assertFalse(connected.closed().isDone(), "the device's socket was never closed");
            assertEquals(List.of(), ledger.misplaced());
            assertEquals(List.of(), ledger.duplicates());
        }
    }

    private static void assertRefusedWithinTwoSeconds(ApiCalls api, DeviceId device) {
        long sentNs = System.nanoTime();
        HttpResponse<String> answer = api.post(device.value(), "meanwhile");
        long tookMs = (System.nanoTime() - sentNs) / 1_000_000;
        assertEquals(503, answer.statusCode(), answer.body());
        assertTrue(answer.headers().firstValue("Retry-After").isPresent(), "Retry-After");
        assertTrue(tookMs < 2_000, "answered after " + tookMs + " ms");
    }
}
