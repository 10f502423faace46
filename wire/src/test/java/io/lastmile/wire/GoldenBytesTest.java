package io.lastmile.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import io.lastmile.wire.record.ArrivalRecord;
import io.lastmile.wire.record.CheckpointRecord;
import io.lastmile.wire.record.ClaimRecord;
import io.lastmile.wire.record.EventRecord;
import io.lastmile.wire.record.IdempotencyRecord;
import io.lastmile.wire.record.InboxKey;
import io.lastmile.wire.record.NodeKey;
import io.lastmile.wire.record.NodeRecord;
import io.lastmile.wire.record.ParkedRecord;
import io.lastmile.wire.record.PresenceRecord;
import io.lastmile.wire.record.Proof;
import io.lastmile.wire.record.ReceiptRecord;
import io.lastmile.wire.record.RevocationKey;
import io.lastmile.wire.record.RevocationRecord;
import java.io.IOException;
import java.io.InputStream;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Records as version 1 wrote them, in {@code golden-v1.txt}: Kafka keeps such bytes for weeks, so
 * that every later version of the code reads them as the same values. Once released, a line of that
 * file is never changed; a new version of a record gets a new file.
 */
class GoldenBytesTest {
    private static final Incarnation EDGE = new Incarnation("edge-1", 7_000_000_000_000L);
    private static final Incarnation ROUTER = new Incarnation("router-1", 7_000_000_000_001L);
    private static final SessionId SESSION = new SessionId(EDGE, 42);
    private static final MessageId FIRST = new MessageId(3, 1042);
    private static final DeviceId DEVICE = new DeviceId("phone-1");
    private static final long AT_MS = 1_790_000_000_000L;

    static Stream<Golden<?>> goldens() {
        return Stream.concat(records(), ChannelGoldens.all());
    }

    // Long because it is a table: one value of each kind of record.
    private static Stream<Golden<?>> records() {
        return Stream.of(
                event(
                        "opened",
                        new EventRecord.Opened(
                                SESSION, EventRecord.FIRST, Transport.TCP, 5, 1, 16, true, AT_MS)),
                event(
                        "acked",
                        new EventRecord.Acked(
                                SESSION,
                                List.of(
                                        new EventRecord.Ack(
                                                1042, AT_MS, AT_MS + 30, Proof.PUBACK, 0),
                                        new EventRecord.Ack(
                                                1050, AT_MS + 1, AT_MS + 2, Proof.PUBACK, 0x83)))),
                event("ended", new EventRecord.Ended(SESSION, EndReason.TAKEN_OVER, AT_MS)),
                golden(
                        "receipt-delivered",
                        new ReceiptRecord(
                                FIRST,
                                1042,
                                Outcome.DELIVERED,
                                SESSION,
                                AT_MS,
                                AT_MS + 1,
                                AT_MS + 2,
                                AT_MS + 30,
                                AT_MS + 31,
                                1,
                                Proof.PUBACK,
                                0,
                                "",
                                null,
                                null),
                        ReceiptRecord::encode,
                        ReceiptRecord::decode),
                golden(
                        "receipt-rejected",
                        new ReceiptRecord(
                                FIRST,
                                2000,
                                Outcome.REJECTED,
                                null,
                                AT_MS,
                                AT_MS + 1,
                                ReceiptRecord.NEVER,
                                ReceiptRecord.NEVER,
                                AT_MS + 2,
                                0,
                                Proof.NONE,
                                0,
                                "duplicate of 3-1000",
                                new MessageId(3, 7),
                                null),
                        ReceiptRecord::encode,
                        ReceiptRecord::decode),
                golden(
                        "presence",
                        new PresenceRecord(
                                SESSION,
                                77,
                                AT_MS,
                                Transport.SECURE_WEBSOCKET,
                                4,
                                0,
                                20,
                                true,
                                List.of(new SessionId(EDGE, 41))),
                        PresenceRecord::encode,
                        PresenceRecord::decode),
                golden(
                        "revocation-key",
                        new RevocationKey(new DeviceId("phone-1"), true),
                        RevocationKey::encode,
                        RevocationKey::decode),
                golden(
                        "revocation",
                        new RevocationRecord(AT_MS, "ops", "stolen"),
                        RevocationRecord::encode,
                        RevocationRecord::decode),
                golden(
                        "parked",
                        new ParkedRecord(
                                FIRST,
                                AT_MS,
                                AT_MS + 1,
                                AT_MS + 60_000,
                                Message.ABSENT,
                                512,
                                2,
                                Urgency.HIGH,
                                "weather",
                                new MessageId(3, 7),
                                Outcome.CANCELLED),
                        ParkedRecord::encode,
                        ParkedRecord::decode),
                golden(
                        "idempotency",
                        new IdempotencyRecord(FIRST, AT_MS),
                        IdempotencyRecord::encode,
                        IdempotencyRecord::decode),
                golden(
                        "checkpoint",
                        new CheckpointRecord(
                                5,
                                1042,
                                88,
                                64,
                                "AAAAAAAAAAAAAAAAAAAAAQ",
                                "AAAAAAAAAAAAAAAAAAAAAg",
                                CheckpointRecord.BroadcastsRead.FROM_START,
                                new long[] {1043, 1050, 5000}),
                        CheckpointRecord::encode,
                        CheckpointRecord::decode),
                golden(
                        "claim",
                        new ClaimRecord(ROUTER, AT_MS),
                        ClaimRecord::encode,
                        ClaimRecord::decode),
                inboxKey("parked-key", new InboxKey.Parked(DEVICE, 1042)),
                inboxKey("idempotency-key", new InboxKey.Idempotency(DEVICE, "order-17")),
                inboxKey("checkpoint-key", new InboxKey.Checkpoint()),
                inboxKey("claim-key", new InboxKey.Claim()),
                inboxKey("arrival-key", new InboxKey.Arrival(3)),
                golden(
                        "arrival",
                        new ArrivalRecord(17, 1042),
                        ArrivalRecord::encode,
                        ArrivalRecord::decode),
                golden("node-key", new NodeKey(EDGE, false), NodeKey::encode, NodeKey::decode),
                golden("node-gone-key", new NodeKey(EDGE, true), NodeKey::encode, NodeKey::decode),
                golden("heartbeat", heartbeat(), NodeRecord::encode, NodeRecord::decode),
                golden(
                        "gone",
                        new NodeRecord.Gone(NodeRole.EDGE, ROUTER, AT_MS),
                        NodeRecord::encode,
                        NodeRecord::decode));
    }

    @ParameterizedTest
    @MethodSource("goldens")
    void staysReadable(Golden<?> golden) {
        read(golden);
    }

    @Test
    void everyLineOfTheFileIsChecked() {
        assertEquals(
                new TreeSet<>(goldens().map(Golden::name).toList()),
                new TreeSet<>(file().keySet()));
    }

    private static <T> void read(Golden<T> golden) {
        String written = HexFormat.of().formatHex(golden.encode().apply(golden.value()));
        String line = file().get(golden.name());
        assertNotNull(line, "golden-v1.txt lacks: " + golden.name() + " " + written);
        assertEquals(golden.value(), golden.decode().apply(HexFormat.of().parseHex(line)));
        assertEquals(line, written); // as long as version 1 is the newest
    }

    private static Map<String, String> file() {
        Map<String, String> hexByName = new LinkedHashMap<>();
        try (InputStream in = GoldenBytesTest.class.getResourceAsStream("golden-v1.txt")) {
            assertNotNull(in, "golden-v1.txt");
            for (String line : new String(in.readAllBytes(), UTF_8).split("\n", -1)) {
                int space = line.indexOf(' ');
                if (space > 0 && !line.startsWith("#")) {
                    hexByName.put(line.substring(0, space), line.substring(space + 1).strip());
                }
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return hexByName;
    }

    private static NodeRecord heartbeat() {
        Map<String, String> addresses = new LinkedHashMap<>();
        addresses.put("admin", "127.0.0.1:9102");
        addresses.put("hop", "127.0.0.1:7400");
        Map<String, Long> load = new LinkedHashMap<>();
        load.put("sessions", 12L);
        return new NodeRecord.Heartbeat(
                NodeRole.ROUTER,
                true,
                9,
                AT_MS,
                "0.1.0",
                addresses,
                load,
                new NodeRecord.RouterPartitions(
                        List.of(new NodeRecord.Claim(3, 5), new NodeRecord.Claim(4, 6)),
                        Set.of(7)));
    }

    private static Golden<EventRecord> event(String name, EventRecord value) {
        return golden(name, value, EventRecord::encode, EventRecord::decode);
    }

    private static Golden<InboxKey> inboxKey(String name, InboxKey value) {
        return golden(name, value, InboxKey::encode, InboxKey::decode);
    }

    private static <T> Golden<T> golden(
            String name, T value, Function<T, byte[]> encode, Function<byte[], T> decode) {
        return new Golden<>(name, value, encode, decode);
    }

    record Golden<T>(String name, T value, Function<T, byte[]> encode, Function<byte[], T> decode) {
        @Override
        public String toString() {
            return name;
        }
    }
}
