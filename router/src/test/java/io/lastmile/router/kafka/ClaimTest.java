package io.lastmile.router.kafka;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lastmile.node.Clock;
import io.lastmile.node.Metrics;
import io.lastmile.node.kafka.KafkaSettings;
import io.lastmile.node.kafka.TopicIds;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.Incarnation;
import io.lastmile.wire.record.CheckpointRecord;
import io.lastmile.wire.record.ClaimRecord;
import io.lastmile.wire.record.InboxKey;
import io.lastmile.wire.record.Topic;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a claim does with Kafka, in which order. */
class ClaimTest {
    private static final KafkaSettings KAFKA =
            new KafkaSettings("127.0.0.1:1", "test.", 4, true, Map.of());
    private static final TopicIds TOPICS =
            new TopicIds(
                    4,
                    Map.of(
                            Topic.MESSAGES,
                            Uuid.ONE_UUID,
                            Topic.EVENTS,
                            Uuid.ONE_UUID,
                            Topic.INBOX,
                            Uuid.ONE_UUID));
    private static final int PARTITION = 3;
    private static final Incarnation ROUTER = new Incarnation("router-1", 1);
    private static final Incarnation EDGE = new Incarnation("edge-1", 1);
    private static final byte[] CHECKPOINT = new InboxKey.Checkpoint().encode();

    private final Metrics metrics = new Metrics();
    private final List<String> steps = new ArrayList<>();
    private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("earliest");
    private final MockProducer<byte[], byte[]> producer =
            new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer()) {
                @Override
                public void initTransactions() {
                    steps.add("fence");
                    super.initTransactions();
                }

                @Override
                public void commitTransaction() {
                    super.commitTransaction();
                    steps.add("commit");
                    assertTrue(
                            consumer.position(place(Topic.INBOX)) > 0, "nothing was read before");
                    afterCommit.run();
                }
            };
    private Runnable afterCommit = () -> {};
    private final Semaphore turns = new Semaphore(1);
    private final FencingPermit permit =
            new FencingPermit(() -> {
                steps.add("ask");
                permit().grant();
            });

    private FencingPermit permit() {
        return permit;
    }

    private static TopicPartition place(Topic topic) {
        return new TopicPartition(KAFKA.topic(topic), PARTITION);
    }

    private void record(Topic topic, long offset, byte @Nullable [] key, byte @Nullable [] value) {
        consumer.schedulePollTask(() -> put(topic, offset, key, value));
    }

    @SuppressWarnings("NullAway") // Kafka's classes take null for a tombstone and do not say so
    private void put(Topic topic, long offset, byte @Nullable [] key, byte @Nullable [] value) {
        consumer.addRecord(new ConsumerRecord<>(KAFKA.topic(topic), PARTITION, offset, key, value));
    }

    private static byte[] checkpoint(long watermark, long events) {
        String id = Uuid.ONE_UUID.toString();
        return new CheckpointRecord(
                        5,
                        watermark,
                        events,
                        4,
                        id,
                        id,
                        CheckpointRecord.BroadcastsRead.FROM_START,
                        new long[0])
                .encode();
    }

    /** Where inbox ends before the claim, and the others for good. */
    private void logs(long inboxEnd, long messagesEnd) {
        Map<TopicPartition, Long> starts =
                Map.of(
                        place(Topic.INBOX), 0L,
                        place(Topic.PRESENCE), 0L,
                        place(Topic.MEMBERS), 0L,
                        place(Topic.MESSAGES), 0L,
                        place(Topic.EVENTS), 0L);
        consumer.updateBeginningOffsets(starts);
        consumer.updateEndOffsets(
                Map.of(
                        place(Topic.INBOX),
                        inboxEnd,
                        place(Topic.PRESENCE),
                        0L,
                        place(Topic.MEMBERS),
                        0L,
                        place(Topic.MESSAGES),
                        messagesEnd,
                        place(Topic.EVENTS),
                        0L));
    }

    private Claim.Claimed claim() throws InterruptedException {
        Claim claim = new Claim(PARTITION, OwnerProducer.ids(TOPICS), metrics);
        try (StateReader reader =
                new StateReader(
                        KAFKA,
                        PARTITION,
                        claim::read,
                        permit::isRefused,
                        Clock.system(),
                        metrics,
                        consumer)) {
            return claim.run(
                    new ClaimRecord(ROUTER, 1_000),
                    new Claim.Means(
                            new OwnerProducer(KAFKA, TOPICS, PARTITION, producer),
                            reader,
                            turns,
                            permit,
                            named -> {
                                steps.add("edges");
                                return CompletableFuture.completedFuture(Set.of(EDGE));
                            },
                            () -> CompletableFuture.completedFuture(60L)));
        }
    }

    /** MockProducer gives the claim offset 0: what stands in inbox is read past it by then. */
    @Test
    void itReadsAsksFencesAndReadsOn() throws Exception {
        logs(1, 50);
        record(Topic.INBOX, 0, CHECKPOINT, checkpoint(40, 50));
        Claim.Claimed claimed = claim();
        assertEquals(List.of("ask", "fence", "commit", "edges"), steps);
        assertEquals(0, claimed.epoch());
        assertEquals(40, claimed.restored().positions().watermark());
        assertEquals(50, claimed.restored().positions().eventsPosition());
        assertEquals(60, claimed.restored().eventsEnd());
        assertEquals(Set.of(EDGE), claimed.restored().edges());
        assertEquals(1, claimed.inboxRecords());
        assertEquals(1, turns.availablePermits());
        ProducerRecord<byte[], byte[]> written = producer.history().getFirst();
        assertEquals(KAFKA.topic(Topic.INBOX), written.topic());
        assertEquals(ROUTER, ClaimRecord.decode(written.value()).owner());
    }

    @Test
    void whatThePredecessorCommittedLastCounts() throws Exception {
        logs(1, 50);
        record(Topic.INBOX, 0, CHECKPOINT, checkpoint(40, 50));
        byte[] phone = new DeviceId("phone-1").bytes();
        afterCommit =
                () -> {
                    consumer.updateEndOffsets(Map.of(place(Topic.PRESENCE), 2L));
                    consumer.schedulePollTask(() -> put(Topic.PRESENCE, 1, phone, null));
                };
        assertEquals(1, claim().presenceRecords());
    }

    @Test
    void withoutAPermitNobodyIsFenced() {
        logs(1, 50);
        record(Topic.INBOX, 0, CHECKPOINT, checkpoint(40, 50));
        permit.refuse();
        assertThrows(ClaimCancelledException.class, this::claim);
        assertEquals(List.of(), steps);
        assertEquals(1, turns.availablePermits());
    }

    /** Kafka lost the end of the log, for want of replicas: else each claim would fail for ever. */
    @Test
    void aCheckpointBeyondTheEndIsACountedGap() throws Exception {
        logs(1, 30);
        record(Topic.INBOX, 0, CHECKPOINT, checkpoint(40, 70));
        Claim.Claimed claimed = claim();
        assertEquals(30, claimed.restored().positions().watermark());
        assertEquals(60, claimed.restored().positions().eventsPosition());
        assertCounted("lastmile_router_log_gaps_partitions_total{topic=\"messages\"} 1");
        assertCounted("lastmile_router_log_gaps_partitions_total{topic=\"events\"} 1");
    }

    @Test
    void whatNoOwnerWroteGoesToRejectsAndIsTakenAway() throws Exception {
        logs(3, 50);
        record(Topic.INBOX, 0, CHECKPOINT, checkpoint(40, 50));
        record(Topic.INBOX, 1, new byte[] {77}, new byte[] {1});
        record(Topic.INBOX, 2, CHECKPOINT, new byte[] {1, 2});
        assertEquals(40, claim().restored().positions().watermark());
        assertEquals(List.of("ask", "fence", "commit", "commit", "edges"), steps);
        List<String> topics = producer.history().stream().map(ProducerRecord::topic).toList();
        assertEquals(
                List.of("test.inbox", "test.rejects", "test.inbox", "test.rejects"),
                topics,
                "the key that is no owner's gets a tombstone, the checkpoint none");
        assertCounted("lastmile_router_rejected_records_total{topic=\"inbox\"} 2");
        assertCounted("lastmile_node_set_aside_records_total{topic=\"inbox\"} 2");
    }

    private void assertCounted(String line) {
        assertTrue(metrics.scrape().contains(line), metrics.scrape());
    }
}
