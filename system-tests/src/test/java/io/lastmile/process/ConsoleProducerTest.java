package io.lastmile.process;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lastmile.bench.load.Fleet;
import io.lastmile.bench.load.Ledger;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.MessageId;
import io.lastmile.wire.Outcome;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kafka's own console producer, as somebody tries it out: a line a message, its device in front.
 */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class ConsoleProducerTest {
    private static final int DEVICES = 20;
    private static final int MESSAGES_EACH = 10;

    @TempDir private Path folder = Path.of("set by JUnit");

    @Test
    void eachLineReachesItsDevice() throws Exception {
        List<DeviceId> devices =
                IntStream.range(0, DEVICES).mapToObj(i -> new DeviceId("console-" + i)).toList();
        List<String> lines = new ArrayList<>();
        for (int round = 0; round < MESSAGES_EACH; round++) {
            for (DeviceId device : devices) {
                lines.add("ttl:600,from:a console\t" + device + ":line " + round);
            }
        }
        Ledger ledger = new Ledger();
        InetSocketAddress edge = SharedLastmile.devices();
        try (Fleet fleet =
                new Fleet(devices, List.of(edge), arrival -> ledger.received(arrival.received()))) {
            await().atMost(Duration.ofSeconds(30)).until(() -> fleet.subscribed() == DEVICES);
            produce(Files.write(folder.resolve("lines"), lines));
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> assertEquals(lines.size(), ledger.receivedCount()));
        }
        assertEquals(List.of(), ledger.duplicates());
        assertEquals(List.of(), ledger.misplaced());
        for (DeviceId device : devices) {
            assertEquals(MESSAGES_EACH, ledger.received(device).size(), device.value());
        }
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> {
                    for (DeviceId device : devices) {
                        for (MessageId id : ledger.received(device)) {
                            assertEquals(
                                    List.of(Outcome.DELIVERED),
                                    SharedLastmile.ledger().outcomes(id));
                        }
                    }
                });
    }

    private void produce(Path lines) throws Exception {
        Path output = folder.resolve("output");
        Process producer =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-XX:TieredStopAtLevel=1",
                                "-cp",
                                System.getProperty("java.class.path"),
                                "org.apache.kafka.tools.ConsoleProducer",
                                "--bootstrap-server",
                                Processes.sharedKafka(),
                                "--topic",
                                SharedLastmile.prefix() + "messages",
                                "--property",
                                "parse.key=true",
                                "--property",
                                "key.separator=:",
                                "--property",
                                "parse.headers=true")
                        .redirectInput(lines.toFile())
                        .redirectOutput(output.toFile())
                        .redirectErrorStream(true)
                        .start();
        boolean ended = producer.waitFor(60, TimeUnit.SECONDS);
        producer.destroyForcibly();
        assertTrue(ended && producer.exitValue() == 0, () -> read(output));
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return "no output: " + e.getMessage();
        }
    }
}
