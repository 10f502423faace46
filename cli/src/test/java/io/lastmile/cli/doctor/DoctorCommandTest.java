package io.lastmile.cli.doctor;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lastmile.bench.process.FreePorts;
import io.lastmile.cli.MainRun;
import io.lastmile.cli.dev.TestKafka;
import io.lastmile.node.Metric;
import io.lastmile.node.kafka.HeldBackReport;
import io.lastmile.wire.Incarnation;
import io.lastmile.wire.NodeRole;
import io.lastmile.wire.record.NodeKey;
import io.lastmile.wire.record.NodeRecord;
import io.lastmile.wire.record.Topic;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** Doctor and topics on a real Kafka, with the heartbeats of nodes that are not there. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class DoctorCommandTest {
    @TempDir private static Path temp;
    private static TestKafka kafka;

    @BeforeAll
    static void start() {
        kafka = new TestKafka(temp.resolve("kafka"));
    }

    @AfterAll
    static void stop() {
        kafka.close();
    }

    private static void beat(NodeRole role, String node, String software, int... owned)
            throws Exception {
        beat(role, new Incarnation(node, 1), software, owned);
    }

    private static void beat(NodeRole role, Incarnation node, String software, int... owned)
            throws Exception {
        List<NodeRecord.Claim> claims =
                java.util.stream.IntStream.of(owned)
                        .mapToObj(partition -> new NodeRecord.Claim(partition, 1))
                        .toList();
        NodeRecord.Heartbeat beat =
                new NodeRecord.Heartbeat(
                        role,
                        false,
                        1,
                        0,
                        software,
                        Map.of("admin", "127.0.0.1:" + FreePorts.next()),
                        Map.of(),
                        new NodeRecord.RouterPartitions(claims, java.util.Set.of()));
        try (var producer =
                new KafkaProducer<>(
                        kafka.settings().producer(Map.of()),
                        new ByteArraySerializer(),
                        new ByteArraySerializer())) {
            producer.send(
                            new ProducerRecord<>(
                                    kafka.settings().topic(Topic.NODES),
                                    new NodeKey(node, false).encode(),
                                    beat.encode()))
                    .get();
        }
    }

    private static MainRun run(String... command) {
        List<String> all = new java.util.ArrayList<>(List.of(command));
        all.add("--kafka.bootstrap=" + kafka.settings().bootstrap());
        return MainRun.of(all);
    }

    @Test
    @Order(1) // while there are none
    void missingRoutersAreSaidAndThoseThereAreCounted() throws Exception {
        MainRun empty = run("doctor");
        assertEquals(1, empty.exitCode(), empty.out());
        assertTrue(empty.out().contains("none is there: start one with lastmile router"));
        assertTrue(empty.out().contains("4 of 4 partitions have no router"), empty.out());

        MainRun topics = run("topics");
        assertEquals(1, topics.exitCode(), topics.out());
        assertTrue(topics.out().contains("no router lives"), topics.out());
        assertFalse(topics.out().contains("nothing is wrong"), topics.out());

        beat(NodeRole.ROUTER, "router-1", "1.0", 0, 1, 2);
        beat(NodeRole.EDGE, "edge-1", "1.1");
        beat(NodeRole.EDGE, "edge-2", "1.1");
        MainRun run = run("doctor");
        assertTrue(run.out().contains("only one is there: its partitions wait"), run.out());
        assertTrue(run.out().contains("edges                           2 are there"), run.out());
        assertTrue(run.out().contains("1 of 4 partitions have no router"), run.out());
        assertTrue(run.out().contains("nodes run 1.0, 1.1: finish the upgrade"), run.out());
        assertTrue(run.out().contains("cannot be reached from here"), run.out());
        MainRun json = run("doctor", "--json");
        assertTrue(json.out().lines().allMatch(line -> line.startsWith("{\"level\":\"")));
    }

    @Test
    void nodesThatShareANameAreFoundAndRestartsAreNone() throws Exception {
        Incarnation before = new Incarnation("edge-r", 1);
        Incarnation after = new Incarnation("edge-r", 2);
        beat(NodeRole.EDGE, before, "1.1");
        beat(NodeRole.EDGE, after, "1.1");
        beat(NodeRole.EDGE, after, "1.1");
        assertFalse(run("doctor").out().contains("have this name"), run("doctor").out());
        beat(NodeRole.EDGE, before, "1.1"); // it lives, after all
        String out = run("doctor").out();
        assertTrue(out.contains("fail  edge-r "), out);
        assertTrue(out.contains("2 nodes that live have this name"), out);
        assertTrue(out.contains("--node.name"), out);
        beat(NodeRole.EDGE, new Incarnation("edge-r", 3), "1.1"); // leave no namesakes behind
    }

    @Test
    void topicsAreShownWithWhatIsWrong() throws Exception {
        beat(NodeRole.ROUTER, "router-1", "1.0", 0, 1, 2);
        MainRun fine = run("topics");
        assertEquals(0, fine.exitCode(), fine.out());
        assertTrue(fine.out().contains("lastmile.messages"), fine.out());
        assertTrue(fine.out().endsWith("nothing is wrong\n"), fine.out());
        assertTrue(fine.out().contains(": 1 router, 0 messages behind"), fine.out());
        MainRun json = run("topics", "--json");
        assertTrue(json.out().contains("\"retentionMs\":\"4838400000\""), json.out());

        try (Admin admin = Admin.create(kafka.settings().admin(Map.of()))) {
            admin.deleteTopics(List.of("lastmile.rejects")).all().get();
        }
        org.awaitility.Awaitility.await()
                .until(() -> run("topics").out().contains("1 of 10 topics is missing"));
        assertEquals(1, run("topics").exitCode());
    }

    @Test
    void noKafkaIsAFinding() {
        MainRun run =
                MainRun.of(List.of("doctor", "--kafka.bootstrap=127.0.0.1:" + FreePorts.next()));
        assertEquals(1, run.exitCode());
        assertTrue(run.out().startsWith("fail  kafka"), run.out() + run.err());
    }

    @Test
    void hopsThatAreCutOffAreCounted() {
        String name = Metric.ROUTER_HOPS.metricName();
        String metrics =
                "# TYPE x\n%s{state=\"cut_off\"} 2.0\n%s{state=\"open\"} 3.0\n"
                        .formatted(name, name);
        assertEquals(2.0, Reachability.cutOffHops(metrics));
    }

    @Test
    void saysWhichTransactionHoldsMessagesBack() throws Exception {
        TopicPartition place = new TopicPartition(kafka.settings().topic(Topic.MESSAGES), 0);
        try (var open =
                        new KafkaProducer<>(
                                kafka.settings()
                                        .producer(
                                                Map.of(
                                                        ProducerConfig.TRANSACTIONAL_ID_CONFIG,
                                                        "open")),
                                new ByteArraySerializer(),
                                new ByteArraySerializer());
                Admin admin = Admin.create(kafka.settings().admin(Map.of()))) {
            open.initTransactions();
            open.beginTransaction();
            byte[] any = {1};
            long from = open.send(new ProducerRecord<>(place.topic(), 0, any, any)).get().offset();
            List<HeldBackReport> held = HeldBackReport.read(admin, kafka.settings(), 1);
            assertEquals(1, held.size());
            assertEquals(from, held.getFirst().from());
            long nowMs = held.getFirst().producer().orElseThrow().lastTimestamp();
            assertEquals(List.of(), KafkaChecks.heldBack(held, nowMs), "as an owner's own");
            Finding finding = KafkaChecks.heldBack(held, nowMs + 60_000).getFirst();
            assertEquals(Finding.Level.FAIL, finding.level());
            assertTrue(finding.says().contains("from offset " + from), finding.says());
            open.abortTransaction();
        }
        await().until(() -> heldBack() == 0); // the marker comes after the answer
    }

    private static int heldBack() {
        try (Admin admin = Admin.create(kafka.settings().admin(Map.of()))) {
            return HeldBackReport.read(admin, kafka.settings(), 1).size();
        }
    }
}
