package io.lastmile.router.kafka;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lastmile.node.Clock;
import io.lastmile.node.Metrics;
import io.lastmile.node.Settings;
import io.lastmile.node.kafka.KafkaSettings;
import io.lastmile.node.kafka.TopicIds;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.record.CheckpointRecord;
import io.lastmile.wire.record.InboxKey;
import io.lastmile.wire.record.Topic;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a claim does with records of its partition's state that no owner wrote. */
class ClaimQuarantineTest {
    private static final KafkaSettings KAFKA = KafkaSettings.from(Settings.of(Map.of()));
    private static final Uuid ID = Uuid.ZERO_UUID;
    private static final Map<Topic, Long> STARTS = Map.of(Topic.MESSAGES, 0L, Topic.EVENTS, 0L);
    private static final byte[] CHECKPOINT =
            new CheckpointRecord(5, 40, 50, 4, ID.toString(), ID.toString(), new long[0]).encode();

    private final Metrics metrics = new Metrics();
    private final Claim claim =
            new Claim(
                    KAFKA,
                    new TopicIds(4, Map.of(Topic.MESSAGES, ID, Topic.EVENTS, ID)),
                    0,
                    Clock.system(),
                    metrics);
    private long offset;

    @SuppressWarnings("NullAway") // Kafka's classes take null for a tombstone and do not say so
    private ConsumerRecord<byte[], byte[]> record(byte @Nullable [] key, byte @Nullable [] value) {
        return new ConsumerRecord<>("lastmile.inbox", 0, offset++, key, value);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    @Test
    void garbageIsSetAsideAndTheRestIsRead() {
        claim.inbox(record(new InboxKey.Checkpoint().encode(), CHECKPOINT));
        claim.inbox(record(ascii("garbage"), ascii("garbage")));
        claim.presence(record(ascii("no device"), ascii("garbage")));
        claim.presence(record(ascii("phone-1"), ascii("garbage")));
        claim.inbox(record(new InboxKey.Checkpoint().encode(), ascii("garbage")));
        assertEquals(40, claim.positions(STARTS).watermark(), "the last that an owner wrote");
        List<Quarantine.Unreadable> all = claim.unreadable();
        assertEquals(4, all.size());
        assertArrayEquals(ascii("garbage"), all.getFirst().record().key());
        assertFalse(all.getFirst().hasOwnersKey(), "gets a tombstone");
        assertFalse(all.get(1).hasOwnersKey());
        assertTrue(all.get(2).hasOwnersKey(), "the owner's next value replaces it");
        assertTrue(
                metrics.scrape()
                        .contains("lastmile_node_set_aside_records_total{topic=\"inbox\"} 2"),
                metrics.scrape());
    }

    @Test
    void whatALaterRecordOfTheKeyReplacedIsForgotten() {
        byte[] checkpoint = new InboxKey.Checkpoint().encode();
        claim.inbox(record(ascii("garbage"), ascii("garbage")));
        claim.inbox(record(checkpoint, ascii("garbage")));
        claim.inbox(record(ascii("garbage"), null));
        claim.inbox(record(checkpoint, CHECKPOINT));
        assertEquals(List.of(), claim.unreadable());
        assertEquals(40, claim.positions(STARTS).watermark());
    }

    @Test
    void aPartitionWithoutAReadableCheckpointIsNotBegunAnew() {
        claim.inbox(record(new InboxKey.Checkpoint().encode(), ascii("garbage")));
        IllegalStateException e =
                assertThrows(IllegalStateException.class, () -> claim.positions(STARTS));
        assertTrue(String.valueOf(e.getMessage()).contains("docs/operating/recovery.md"));
    }

    @Test
    void theStateOfANewerReleaseIsNoGarbage() {
        byte[] newer = CHECKPOINT.clone();
        newer[0] = 2;
        claim.inbox(record(new InboxKey.Checkpoint().encode(), newer));
        IllegalStateException e =
                assertThrows(IllegalStateException.class, () -> claim.refuseStateOfNewerRelease());
        assertTrue(String.valueOf(e.getMessage()).contains("newer release"));
        assertTrue(String.valueOf(e.getMessage()).contains("docs/operating/recovery.md"));
        assertEquals(List.of(), claim.unreadable());
    }

    /** Somebody deletes it, or an owner writes over it. */
    @Test
    void ofANewerReleaseOnlyWhatIsLeftCounts() {
        byte[] newer = CHECKPOINT.clone();
        newer[0] = 2;
        claim.inbox(record(new InboxKey.Checkpoint().encode(), newer));
        claim.presence(record(ascii("x"), new byte[] {0x0f, 0x7c}));
        claim.inbox(record(new InboxKey.Checkpoint().encode(), CHECKPOINT));
        claim.presence(record(ascii("x"), null));
        assertDoesNotThrow(() -> claim.refuseStateOfNewerRelease());
    }

    @Test
    void noBytesEndAClaim() {
        long seed = Long.getLong("lastmile.seed", System.nanoTime());
        Random random = new Random(seed);
        byte[] parked = new InboxKey.Parked(new DeviceId("phone-1"), 7).encode();
        for (int i = 0; i < 20_000; i++) {
            byte[] key = random.nextInt(4) == 0 ? parked.clone() : new byte[random.nextInt(40)];
            if (key.length != parked.length) {
                random.nextBytes(key);
            }
            byte[] value = new byte[random.nextInt(60)];
            random.nextBytes(value);
            try {
                claim.inbox(record(key, value));
                claim.presence(record(key, value));
            } catch (RuntimeException e) {
                throw new AssertionError("seed " + seed, e);
            }
        }
        assertTrue(claim.unreadable().size() <= 1_000, "bounded");
        claim.inbox(record(null, ascii("garbage")));
    }
}
