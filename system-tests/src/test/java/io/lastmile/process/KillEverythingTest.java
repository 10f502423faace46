package io.lastmile.process;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lastmile.bench.load.DeviceOptions;
import io.lastmile.bench.load.Devices;
import io.lastmile.bench.load.HttpProducer;
import io.lastmile.bench.load.Ledger;
import io.lastmile.bench.load.ReceiptsReader;
import io.lastmile.bench.process.Deployment;
import io.lastmile.bench.process.ServerProcess;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.MessageId;
import io.lastmile.wire.Outcome;
import io.lastmile.wire.Payload;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Messages for devices that are away, and kill -9 of everything before they come. */
@Timeout(value = 300, unit = TimeUnit.SECONDS)
class KillEverythingTest {
    private static final int DEVICES = 100;
    private static final int MESSAGES_EACH = 10;
    private static final String NAME = "kill-everything";

    @Test
    void whatWasAcceptedForAbsentDevicesOutlivesKillingEverything() throws Exception {
        List<DeviceId> devices =
                IntStream.range(0, DEVICES).mapToObj(i -> new DeviceId("away-" + i)).toList();
        Ledger ledger = new Ledger();
        try (Deployment deployment = Processes.deployment(NAME);
                Devices clients = new Devices(1, ledger::received)) {
            ServerProcess dev = deployment.dev("dev").start();
            post(dev, devices, ledger);

            dev.kill();
            dev.start();

            String bootstrap = "127.0.0.1:" + dev.port("kafka.port");
            try (ReceiptsReader _ =
                    ReceiptsReader.into(ledger, bootstrap, Processes.prefix(NAME) + "receipts")) {
                clients.connectAll(devices, DeviceOptions.at(dev.address("edge.mqtt.port")))
                        .get(60, TimeUnit.SECONDS);
                await().atMost(Duration.ofSeconds(60))
                        .until(() -> ledger.settledCount() == DEVICES * MESSAGES_EACH);
            }
        }
        assertEquals(List.of(), ledger.missing(), "missing");
        assertEquals(List.of(), ledger.duplicates(), "given twice");
        assertEquals(List.of(), ledger.misplaced(), "out of order");
        assertEquals(List.of(), ledger.notSettledOnce(), "without exactly one receipt");
        for (DeviceId device : devices) {
            List<MessageId> received = ledger.received(device);
            assertEquals(MESSAGES_EACH, received.size(), device.value());
            for (MessageId id : received) {
                assertEquals(List.of(Outcome.DELIVERED), ledger.outcomes(id));
            }
        }
    }

    private static void post(ServerProcess dev, List<DeviceId> devices, Ledger ledger)
            throws Exception {
        try (HttpProducer producer = new HttpProducer(dev.address("api.port"), 16)) {
            for (int round = 0; round < MESSAGES_EACH; round++) {
                List<CompletableFuture<Void>> answers = new ArrayList<>();
                for (DeviceId device : devices) {
                    Payload payload = Payload.ofText("message " + round + " for " + device);
                    answers.add(
                            producer.post(device, payload, "text/plain")
                                    .thenAccept(answer -> ledger.accepted(answer.id(), device)));
                }
                CompletableFuture.allOf(answers.toArray(CompletableFuture<?>[]::new))
                        .get(60, TimeUnit.SECONDS);
            }
        }
    }
}
