package io.lastmile.process;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lastmile.bench.load.DeviceOptions;
import io.lastmile.bench.load.Devices;
import io.lastmile.bench.load.ReceiptsReader;
import io.lastmile.bench.load.Received;
import io.lastmile.bench.process.CommandRun;
import io.lastmile.bench.process.Deployment;
import io.lastmile.bench.process.JavaLaunch;
import io.lastmile.bench.process.OtherProcess;
import io.lastmile.bench.process.Scrape;
import io.lastmile.bench.process.ServerProcess;
import io.lastmile.cli.Main;
import io.lastmile.node.Metric;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.Outcome;
import io.lastmile.wire.record.ReceiptRecord;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Messages of a time range replayed to a group of devices by the command itself, which is killed in
 * the middle and resumed. {@code -Dlastmile.replay.messages=100000 -Dlastmile.replay.rate=2000} is
 * the whole size; only then is the rate held to, for a small run is over before a busy machine is
 * warm.
 */
@Timeout(value = 900, unit = TimeUnit.SECONDS)
class ReplayTest {
    private static final String NAME = "replay";
    private static final int MESSAGES = Integer.getInteger("lastmile.replay.messages", 4_000);
    private static final int RATE = Integer.getInteger("lastmile.replay.rate", 500);
    private static final boolean IS_WHOLE = MESSAGES >= 100_000;
    private static final int EACH = 100;
    private static final int SOURCES = MESSAGES / EACH;
    private static final double OFF_MAX = 0.05;

    /** Several sources may share a device, and a busy machine lets it wait: nothing overflows. */
    private static final int INBOX_MAX = 10_000;

    private static final Duration WITHIN = Duration.ofMinutes(5);

    /** The most messages that a router may be behind: what comes in half a second. */
    private static final double LAG_MAX = Math.max(RATE / 2.0, 250);

    /** What came to one device, of one source after the other. */
    private final Map<DeviceId, List<String>> receivedByDevice = new HashMap<>();

    private long firstNs;
    private long lastNs;
    private final AtomicInteger delivered = new AtomicInteger();
    private final AtomicInteger duplicates = new AtomicInteger();

    private synchronized void receive(Received one) {
        receivedByDevice
                .computeIfAbsent(one.device(), _ -> new ArrayList<>())
                .add(one.payload().text());
        firstNs = firstNs == 0 ? one.atNs() : firstNs;
        lastNs = one.atNs();
    }

    private void settle(ReceiptRecord receipt) {
        if (receipt.replayOf() == null) {
            return;
        }
        if (receipt.outcome() == Outcome.DELIVERED) {
            delivered.incrementAndGet();
        } else {
            assertEquals(Outcome.REJECTED, receipt.outcome());
            assertTrue(receipt.detail().contains("duplicate"), receipt::detail);
            duplicates.incrementAndGet();
        }
    }

    @Test
    void whatIsKilledInTheMiddleAndResumedIsWhole(@TempDir Path folder) throws Exception {
        String kafka = Processes.sharedKafka();
        try (Deployment deployment = Processes.deployment(NAME, "--kafka.single-replica=true");
                Devices devices = new Devices(1, this::receive)) {
            ServerProcess router =
                    deployment.router("router", kafka, "--router.inbox.max=" + INBOX_MAX);
            ServerProcess edge = deployment.edge("edge", kafka);
            Deployment.startAll(router, edge);
            Instant from = Instant.now().minusSeconds(1);
            produce(kafka);
            Instant to = Instant.now().plusSeconds(1);
            List<DeviceId> group =
                    IntStream.range(0, SOURCES).mapToObj(i -> new DeviceId("debug-" + i)).toList();
            var _ =
                    devices.connectAll(group, DeviceOptions.at(edge.address("edge.mqtt.port")))
                            .get(60, TimeUnit.SECONDS);
            await().atMost(WITHIN).until(() -> Scrape.sum(router, Metric.ROUTER_LAG) == 0);
            try (ReceiptsReader _ =
                    new ReceiptsReader(
                            kafka,
                            Processes.prefix(NAME) + "receipts",
                            (_, receipt) -> settle(receipt))) {
                double perSecond = killedAtHalf(folder, kafka, from, to, group, router);
                CommandRun resumed =
                        CommandRun.of(
                                JavaLaunch.forTests(),
                                WITHIN,
                                "replay",
                                "--resume=half",
                                "--state=" + folder,
                                "--kafka.bootstrap=" + kafka,
                                "--kafka.topic-prefix=" + Processes.prefix(NAME));
                assertEquals(0, resumed.exitCode(), resumed::errors);
                // The originals wait for their devices; of the copies each is to have its end.
                await().atMost(WITHIN)
                        .until(() ->
                                delivered.get() >= MESSAGES
                                        && Scrape.sum(router, Metric.ROUTER_LAG) == 0
                                        && Scrape.sum(router, Metric.ROUTER_UNSETTLED) == MESSAGES);
                check(group);
                System.out.printf(
                        "replayed %d to %d devices at %.0f of %d a second, %d settled as duplicates; %s",
                        MESSAGES, SOURCES, perSecond, RATE, duplicates.get(), resumed.output());
                if (IS_WHOLE) {
                    assertEquals(RATE, perSecond, RATE * OFF_MAX);
                }
            }
        }
    }

    /** The originals, to devices that are away. */
    private static void produce(String kafka) {
        Map<String, Object> settings =
                Map.of(
                        ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        kafka,
                        ProducerConfig.LINGER_MS_CONFIG,
                        20);
        try (var producer =
                new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
            String topic = Processes.prefix(NAME) + "messages";
            for (int i = 0; i < MESSAGES; i++) {
                int source = i % SOURCES;
                String text = "%d %d".formatted(source, i / SOURCES);
                var _ = producer.send(new ProducerRecord<>(topic, "src-" + source, text));
            }
        }
    }

    /** Starts the replay, kills it when half of it has arrived, and says how fast that came. */
    private double killedAtHalf(
            Path folder,
            String kafka,
            Instant from,
            Instant to,
            List<DeviceId> group,
            ServerProcess router) {
        String names = group.stream().map(DeviceId::value).collect(Collectors.joining(","));
        try (OtherProcess _ =
                OtherProcess.ofMain(
                        JavaLaunch.forTests(),
                        Main.class,
                        folder.resolve("output"),
                        "replay",
                        "--name=half",
                        "--state=" + folder,
                        "--from=" + from,
                        "--to=" + to,
                        "--device-prefix=src-",
                        "--to-device=" + names,
                        "--rate=" + RATE,
                        "--kafka.bootstrap=" + kafka,
                        "--kafka.topic-prefix=" + Processes.prefix(NAME))) {
            await().atMost(WITHIN)
                    .pollInterval(Duration.ofMillis(200))
                    .until(() -> {
                        double lag = Scrape.sum(router, Metric.ROUTER_LAG);
                        assertTrue(lag <= LAG_MAX, () -> "the router is behind by " + lag);
                        return receivedCount() >= MESSAGES / 2;
                    });
            return perSecond();
        }
    }

    private synchronized int receivedCount() {
        return receivedByDevice.values().stream().mapToInt(List::size).sum();
    }

    private synchronized double perSecond() {
        return (receivedCount() - 1) * 1e9 / (lastNs - firstNs);
    }

    /** Each message of each source came once, in order, and to one device only. */
    private synchronized void check(List<DeviceId> group) {
        Map<Integer, Integer> nextBySource = new HashMap<>();
        for (DeviceId device : group) {
            for (String text : receivedByDevice.getOrDefault(device, List.of())) {
                String[] words = text.split(" ", -1);
                int source = Integer.parseInt(words[0]);
                int number = Integer.parseInt(words[1]);
                int next = nextBySource.getOrDefault(source, 0);
                assertEquals(next, number, () -> "of source " + source + " to " + device);
                nextBySource.put(source, number + 1);
            }
        }
        assertEquals(SOURCES, nextBySource.size());
        assertEquals(Set.of(EACH), Set.copyOf(nextBySource.values()));
        assertEquals(MESSAGES, delivered.get());
    }
}
