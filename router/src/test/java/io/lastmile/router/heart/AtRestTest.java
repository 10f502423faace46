package io.lastmile.router.heart;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lastmile.wire.DeviceId;
import io.lastmile.wire.Incarnation;
import io.lastmile.wire.Message;
import io.lastmile.wire.MessageId;
import io.lastmile.wire.Outcome;
import io.lastmile.wire.SessionId;
import io.lastmile.wire.Transport;
import io.lastmile.wire.Urgency;
import io.lastmile.wire.record.ParkedRecord;
import io.lastmile.wire.record.PresenceRecord;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AtRestTest {
    private static final int PARTITION = 7;
    private static final DeviceId ID = new DeviceId("device-0123456789abc");
    private static final long NOW_MS = 1_764_000_000_000L;

    private final Edges edges = new Edges();

    private static PresenceRecord presence(long number) {
        return new PresenceRecord(
                new SessionId(new Incarnation("edge-1", 99), number),
                812_345,
                NOW_MS,
                Transport.TLS,
                5,
                1,
                16,
                true,
                List.of());
    }

    private static ParkedRecord parked(long offset) {
        return new ParkedRecord(
                new MessageId(PARTITION, offset),
                NOW_MS,
                NOW_MS + 3,
                NOW_MS + 259_200_000,
                Message.ABSENT,
                200,
                0,
                Urgency.NORMAL,
                null,
                null,
                null);
    }

    @Test
    void aDeviceOnlineTakes56BytesAndAMessage20() {
        byte[] online = AtRest.withSession(AtRest.fresh(ID), edges, presence(61_234));
        assertTrue(online.length <= 44, "44 and the array's header of 12: " + online.length);
        byte[] one = AtRest.withMessage(online, PARTITION, 812_345, parked(812_345), 1);
        byte[] two = AtRest.withMessage(one, PARTITION, 812_346, parked(812_346), 1);
        assertTrue(two.length - one.length <= 21, "a message: " + (two.length - one.length));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void everythingComesBackAsItWas(long seed) {
        Random random = new Random(seed);
        for (int round = 0; round < 500; round++) {
            byte[] packed = AtRest.fresh(new DeviceId("d" + random.nextInt(1_000_000)));
            PresenceRecord presence =
                    random.nextBoolean() ? presence(1 + random.nextInt(1 << 30)) : null;
            packed = AtRest.withSession(packed, edges, presence);
            Map<Long, ParkedRecord> expected = new TreeMap<>();
            for (int i = random.nextInt(20); i > 0; i--) {
                long offset = random.nextInt(30);
                if (random.nextInt(4) == 0) {
                    packed = AtRest.withoutMessage(packed, PARTITION, offset);
                    expected.remove(offset);
                } else {
                    ParkedRecord facts = anyFacts(random, offset);
                    packed = AtRest.withMessage(packed, PARTITION, offset, facts, 5);
                    expected.put(offset, facts);
                }
            }
            check(packed, presence, expected, "seed " + seed);
            Device device = AtRest.unpack(packed, PARTITION, edges, new Channels(), 16);
            check(AtRest.pack(device, PARTITION), presence, expected, "seed " + seed);
        }
    }

    private static ParkedRecord anyFacts(Random random, long offset) {
        long acceptedAtMs = random.nextBoolean() ? NOW_MS : random.nextLong();
        return new ParkedRecord(
                random.nextInt(4) == 0
                        ? new MessageId(random.nextInt(64), random.nextLong(1L << 40))
                        : new MessageId(PARTITION, offset),
                acceptedAtMs,
                acceptedAtMs + random.nextInt(),
                random.nextLong(),
                random.nextInt(4) == 0 ? random.nextLong() : Message.ABSENT,
                random.nextInt(1 << 20),
                random.nextInt(3),
                Urgency.ofCode(random.nextInt(4)),
                random.nextInt(4) == 0 ? "schlüssel-" + random.nextInt() : null,
                random.nextInt(4) == 0 ? new MessageId(3, random.nextInt(100)) : null,
                random.nextInt(4) == 0 ? Outcome.CANCELLED : null);
    }

    private void check(
            byte[] packed,
            @Nullable PresenceRecord presence,
            Map<Long, ParkedRecord> expected,
            String seed) {
        Device device = AtRest.unpack(packed, PARTITION, edges, new Channels(), 16);
        Map<Long, ParkedRecord> found = new TreeMap<>();
        device.inbox.forEach((offset, entry) -> found.put(offset, entry.parkedRecord()));
        OpenSession session = device.session();
        assertEquals(presence, session == null ? null : session.presence(List.of()), seed);
        assertEquals(expected, found, seed);
        assertEquals(presence != null, AtRest.isOnline(packed), seed);
        assertEquals(!expected.isEmpty(), AtRest.hasMessages(packed), seed);
        assertEquals(expected.size(), AtRest.messages(packed), seed);
        assertEquals(expected.isEmpty() ? Device.NO_ALARM : 5, AtRest.alarmAtMs(packed), seed);
        assertTrue(AtRest.isOf(packed, device.id), seed);
        assertEquals(device.id.value().hashCode(), AtRest.hashOf(packed), seed);
    }

    @Test
    void whatAnEdgeHasGivenToItIsNotedInItsSleep() {
        byte[] packed = AtRest.withSession(AtRest.fresh(ID), edges, presence(5));
        byte[] noted = AtRest.withHighestSent(packed, edges, 4_711);
        OpenSession session = AtRest.unpack(noted, PARTITION, edges, new Channels(), 16).session();
        assertEquals(4_711, session == null ? 0 : session.highestSent());
        assertArrayEquals(packed, AtRest.withHighestSent(noted, edges, -1));
    }

    @Test
    void tellsWhoseSessionItIs() {
        byte[] packed = AtRest.withSession(AtRest.fresh(ID), edges, presence(5));
        Edge its = edges.of(new Incarnation("edge-1", 99));
        Edge other = edges.of(new Incarnation("edge-1", 100));
        assertTrue(AtRest.isIn(packed, its, 5));
        assertFalse(AtRest.isIn(packed, its, 6));
        assertFalse(AtRest.isIn(packed, other, 5));
        assertFalse(AtRest.isOn(AtRest.fresh(ID), its));
        assertEquals(5, AtRest.sessionNumber(packed));
    }
}
