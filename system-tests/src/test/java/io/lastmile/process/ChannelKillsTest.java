package io.lastmile.process;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lastmile.bench.load.Fleet;
import io.lastmile.bench.load.WholeTopic;
import io.lastmile.bench.process.Deployment;
import io.lastmile.bench.process.ServerProcess;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.Outcome;
import io.lastmile.wire.record.MemberRecord;
import io.lastmile.wire.record.ReceiptRecord;
import io.lastmile.wire.record.SummaryRecord;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * kill -9 of routers, edges and the API in turn while broadcasts go out, to members of which half
 * are connected and half come later: each member has each broadcast, and one outcome of it.
 */
@Timeout(value = 600, unit = TimeUnit.SECONDS)
class ChannelKillsTest {
    private static final String NAME = "channel-kills";
    private static final int MEMBERS = Integer.getInteger("lastmile.channels.members", 1_000);
    private static final int KILLS = Integer.getInteger("lastmile.channels.kills", 5);
    private static final long SEED = Long.getLong("lastmile.channels.seed", 1L);
    private static final int AFTER_MAX_MS = 300;

    /** All of them wait for the half that comes later. */
    private static final String ROOM = "--router.broadcasts.waiting=100";

    private final Map<Fleet.Visit, List<String>> payloadsByVisit = new ConcurrentHashMap<>();

    private void arrived(Fleet.Arrival arrival) {
        payloadsByVisit
                .computeIfAbsent(arrival.visit(), _ -> new ArrayList<>())
                .add(new String(arrival.received().payload().bytes(), UTF_8));
    }

    @Test
    void everyMemberHasEveryBroadcastAndOneOutcomeWhoeverIsKilled() throws Exception {
        List<DeviceId> ids =
                IntStream.range(0, MEMBERS).mapToObj(i -> new DeviceId("member-" + i)).toList();
        try (Deployment deployment =
                Processes.deployment(
                        NAME, "--kafka.single-replica=true", "--node.heartbeat=500ms")) {
            ServerProcess api = deployment.api("api", Processes.sharedKafka());
            ServerProcess router1 = deployment.router("router-1", Processes.sharedKafka(), ROOM);
            ServerProcess router2 = deployment.router("router-2", Processes.sharedKafka(), ROOM);
            ServerProcess edgeA = deployment.edge("edge-a", Processes.sharedKafka());
            ServerProcess edgeB = deployment.edge("edge-b", Processes.sharedKafka());
            Deployment.startAll(api, router1, router2, edgeA, edgeB);
            ApiCalls calls = new ApiCalls(api.port("api.port"));
            join(calls, ids);
            List<InetSocketAddress> edges =
                    List.of(edgeA.address("edge.mqtt.port"), edgeB.address("edge.mqtt.port"));
            try (Fleet here = new Fleet(ids.subList(0, MEMBERS / 2), edges, this::arrived)) {
                eventually(() -> assertEquals(MEMBERS / 2, here.subscribed()));
                Map<String, String> payloadById =
                        broadcastAndKill(calls, List.of(router1, edgeA, api, router2, edgeB));
                try (Fleet _ = new Fleet(ids.subList(MEMBERS / 2, MEMBERS), edges, this::arrived)) {
                    payloadById.keySet().forEach(id -> awaitComplete(calls, id));
                }
                check(ids, payloadById);
            }
        }
    }

    private static void join(ApiCalls api, List<DeviceId> ids) {
        String lines =
                ids.stream()
                        .map(id -> "{\"device\":\"" + id + "\"}\n")
                        .collect(Collectors.joining());
        assertEquals(200, api.postLines("/v1/channels/news/devices", lines).statusCode());
    }

    private Map<String, String> broadcastAndKill(ApiCalls api, List<ServerProcess> victims)
            throws InterruptedException {
        Random random = new Random(SEED);
        Map<String, String> payloadById = new TreeMap<>();
        for (int kill = 0; kill < KILLS; kill++) {
            String payload = "broadcast " + kill;
            String receipts = kill % 2 == 0 ? "each" : "summary";
            payloadById.put(api.broadcast("news", payload, receipts), payload);
            Thread.sleep(random.nextInt(AFTER_MAX_MS)); // any moment of it
            ServerProcess victim = victims.get(kill % victims.size());
            victim.kill();
            victim.start();
        }
        return payloadById;
    }

    private static void awaitComplete(ApiCalls api, String id) {
        eventually(() -> {
            String answer = api.ask("/v1/broadcasts/" + id).body();
            assertEquals(
                    List.of("true", "{\"delivered\":" + MEMBERS + "}"),
                    List.of(
                            field(answer, "\"complete\":(true|false)"),
                            field(answer, "\"byOutcome\":(\\{[^}]*\\})")),
                    answer);
        });
    }

    private static String field(String json, String pattern) {
        Matcher found = Pattern.compile(pattern).matcher(json);
        return found.find() ? found.group(1) : json;
    }

    private void check(List<DeviceId> ids, Map<String, String> payloadById) {
        Map<DeviceId, List<String>> payloadsByDevice = new HashMap<>();
        payloadsByVisit.forEach((visit, payloads) -> {
            assertEquals(
                    payloads.size(), payloads.stream().distinct().count(), "twice over " + visit);
            payloadsByDevice
                    .computeIfAbsent(visit.device(), _ -> new ArrayList<>())
                    .addAll(payloads);
        });
        List<String> all = payloadById.values().stream().sorted().toList();
        for (DeviceId id : ids) {
            List<String> had = payloadsByDevice.getOrDefault(id, List.of());
            assertEquals(all, had.stream().distinct().sorted().toList(), id + " has missed one");
        }
        eventually(() -> assertEquals(expected(ids, payloadById), outcomes()));
    }

    private static Map<String, Integer> expected(List<DeviceId> ids, Map<String, String> all) {
        Map<String, Integer> counts = new TreeMap<>();
        for (String broadcast : all.keySet()) {
            ids.forEach(id -> counts.put(broadcast + " " + id, 1));
        }
        return counts;
    }

    /** How many outcomes each member has of each broadcast, by both kinds of receipts. */
    private static Map<String, Integer> outcomes() {
        Map<String, String> deviceByNumber = deviceByNumber();
        Map<String, Integer> counts = new TreeMap<>();
        for (ConsumerRecord<byte[], byte[]> record : topic("receipts")) {
            if (SummaryRecord.isOne(record.value())) {
                SummaryRecord summary = SummaryRecord.decode(record.value());
                assertEquals(Outcome.DELIVERED, summary.outcome());
                for (int member : summary.members()) {
                    String device = deviceByNumber.get(record.partition() + "/" + member);
                    counts.merge(summary.broadcast() + " " + device, 1, Integer::sum);
                }
            } else {
                ReceiptRecord receipt = ReceiptRecord.decode(record.value());
                assertEquals(Outcome.DELIVERED, receipt.outcome());
                String device = new String(record.key(), ISO_8859_1);
                counts.merge(receipt.broadcast() + " " + device, 1, Integer::sum);
            }
        }
        return counts;
    }

    private static Map<String, String> deviceByNumber() {
        Map<String, String> devices = new HashMap<>();
        for (ConsumerRecord<byte[], byte[]> record : topic("members")) {
            MemberRecord member = MemberRecord.decode(record.value());
            devices.put(
                    record.partition() + "/" + member.number(),
                    new String(record.key(), ISO_8859_1));
        }
        return devices;
    }

    private static List<ConsumerRecord<byte[], byte[]>> topic(String label) {
        return WholeTopic.read(Processes.sharedKafka(), Processes.prefix(NAME) + label);
    }

    private static void eventually(ThrowingRunnable assertion) {
        await().atMost(Duration.ofMinutes(2))
                .pollInterval(Duration.ofMillis(500))
                .untilAsserted(assertion);
    }
}
