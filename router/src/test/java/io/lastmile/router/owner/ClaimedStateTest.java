package io.lastmile.router.owner;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lastmile.router.heart.Positions;
import io.lastmile.router.heart.Rejected;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.record.CheckpointRecord;
import io.lastmile.wire.record.InboxKey;
import io.lastmile.wire.record.Topic;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a claim makes of records of its partition's state, an owner's and others'. */
class ClaimedStateTest {
    private static final LogIds IDS = new LogIds(4, "messages-id", "events-id");
    private static final LogRange ALL = new LogRange(0, 1_000);
    private static final byte[] CHECKPOINT = checkpoint(40, 50);

    private final ClaimedState state = new ClaimedState(0, IDS);
    private long offset;

    private static final class Raw implements Rejected {}

    private static byte[] checkpoint(long watermark, long events, long... settledAbove) {
        return new CheckpointRecord(
                        5,
                        watermark,
                        events,
                        4,
                        IDS.messages(),
                        IDS.events(),
                        CheckpointRecord.BroadcastsRead.FROM_START,
                        settledAbove)
                .encode();
    }

    private @Nullable RuntimeException inbox(byte @Nullable [] key, byte @Nullable [] value) {
        return state.read(Topic.INBOX, offset++, key, value, new Raw());
    }

    private @Nullable RuntimeException presence(byte[] key, byte @Nullable [] value) {
        return state.read(Topic.PRESENCE, offset++, key, value, new Raw());
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] checkpointKey() {
        return new InboxKey.Checkpoint().encode();
    }

    @Test
    void garbageIsSetAsideAndTheRestIsRead() {
        assertNull(inbox(checkpointKey(), CHECKPOINT));
        assertNotNull(inbox(ascii("garbage"), ascii("garbage")));
        assertNotNull(presence(ascii("no device"), ascii("garbage")));
        assertNotNull(presence(ascii("phone-1"), ascii("garbage")));
        assertNotNull(inbox(checkpointKey(), ascii("garbage")));
        assertEquals(40, state.positions(ALL, ALL).watermark(), "the last that an owner wrote");
        List<Unreadable> all = state.unreadable();
        assertEquals(4, all.size());
        assertEquals(Topic.INBOX, all.getFirst().topic());
        assertFalse(all.getFirst().hasOwnersKey(), "gets a tombstone");
        assertFalse(all.get(1).hasOwnersKey());
        assertTrue(all.get(2).hasOwnersKey(), "the owner's next value replaces it");
    }

    @Test
    void whatALaterRecordOfTheKeyReplacedIsForgotten() {
        var _ = inbox(ascii("garbage"), ascii("garbage"));
        var _ = inbox(checkpointKey(), ascii("garbage"));
        assertNull(inbox(ascii("garbage"), null));
        assertNull(inbox(checkpointKey(), CHECKPOINT));
        assertEquals(List.of(), state.unreadable());
        assertEquals(40, state.positions(ALL, ALL).watermark());
    }

    @Test
    void aPartitionWithoutAReadableCheckpointIsNotBegunAnew() {
        var _ = inbox(checkpointKey(), ascii("garbage"));
        IllegalStateException e =
                assertThrows(IllegalStateException.class, () -> state.positions(ALL, ALL));
        assertTrue(String.valueOf(e.getMessage()).contains("docs/operating/recovery.md"));
    }

    @Test
    void theStateOfANewerReleaseIsNoGarbage() {
        byte[] newer = CHECKPOINT.clone();
        newer[0] = 2;
        assertNull(inbox(checkpointKey(), newer));
        IllegalStateException e =
                assertThrows(IllegalStateException.class, () -> state.refuseNewerRelease());
        assertTrue(String.valueOf(e.getMessage()).contains("newer release"));
        assertTrue(String.valueOf(e.getMessage()).contains("docs/operating/recovery.md"));
        assertEquals(List.of(), state.unreadable());
    }

    /** Somebody deletes it, or an owner writes over it. */
    @Test
    void ofANewerReleaseOnlyWhatIsLeftCounts() {
        byte[] newer = CHECKPOINT.clone();
        newer[0] = 2;
        var _ = inbox(checkpointKey(), newer);
        var _ = presence(ascii("x"), new byte[] {0x0f, 0x7c});
        var _ = inbox(checkpointKey(), CHECKPOINT);
        var _ = presence(ascii("x"), null);
        assertDoesNotThrow(() -> state.refuseNewerRelease());
    }

    @Test
    void thePositionsAreTheCheckpoints() {
        var _ = inbox(checkpointKey(), checkpoint(40, 50, 42, 43));
        assertEquals(
                new Positions(
                        40, 50, CheckpointRecord.BroadcastsRead.FROM_START, new long[] {42, 43}),
                state.positions(ALL, ALL));
        assertEquals(List.of(), state.gaps());
    }

    @Test
    void withoutACheckpointAllIsRead() {
        Positions all = state.positions(new LogRange(7, 9), new LogRange(3, 3));
        assertEquals(
                new Positions(7, 3, CheckpointRecord.BroadcastsRead.FROM_START, new long[0]), all);
        assertEquals(List.of(), state.gaps());
    }

    @Test
    void whatRetentionTookIsAGap() {
        var _ = inbox(checkpointKey(), CHECKPOINT);
        Positions left = state.positions(new LogRange(41, 60), new LogRange(50, 50));
        assertEquals(
                new Positions(41, 50, CheckpointRecord.BroadcastsRead.FROM_START, new long[0]),
                left);
        assertEquals(List.of(new LogGap(Topic.MESSAGES, 40, 41)), state.gaps());
    }

    /** Else each claim would fail on the first read, for ever. */
    @Test
    void whereKafkaLostTheEndItGoesOnFromThere() {
        var _ = inbox(checkpointKey(), checkpoint(40, 50, 42, 43));
        Positions left = state.positions(new LogRange(0, 30), new LogRange(0, 49));
        assertEquals(30, left.watermark());
        assertEquals(49, left.eventsPosition());
        assertArrayEquals(new long[0], left.settledAbove(), "others get these offsets now");
        assertEquals(
                List.of(new LogGap(Topic.MESSAGES, 40, 30), new LogGap(Topic.EVENTS, 50, 49)),
                state.gaps());
    }

    @Test
    void settledOffsetsBeyondTheEndAreOthersNow() {
        var _ = inbox(checkpointKey(), checkpoint(40, 50, 41, 42, 45));
        Positions left = state.positions(new LogRange(0, 42), ALL);
        assertEquals(
                new Positions(40, 50, CheckpointRecord.BroadcastsRead.FROM_START, new long[] {41}),
                left);
        assertEquals(List.of(new LogGap(Topic.MESSAGES, 46, 42)), state.gaps());
    }

    @Test
    void theStateOfAnotherLogIsRefused() {
        var _ =
                inbox(
                        checkpointKey(),
                        new CheckpointRecord(
                                        5,
                                        40,
                                        50,
                                        4,
                                        "another",
                                        IDS.events(),
                                        CheckpointRecord.BroadcastsRead.FROM_START,
                                        new long[0])
                                .encode());
        IllegalStateException e =
                assertThrows(IllegalStateException.class, () -> state.positions(ALL, ALL));
        assertTrue(String.valueOf(e.getMessage()).contains("made again"));
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
                var _ = inbox(key, value);
                var _ = presence(key, value);
            } catch (RuntimeException e) {
                throw new AssertionError("seed " + seed, e);
            }
        }
        assertTrue(state.unreadable().size() <= Quarantine.RECORDS_MAX, "bounded");
        assertNotNull(inbox(null, ascii("garbage")));
    }
}
