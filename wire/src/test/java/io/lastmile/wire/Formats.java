package io.lastmile.wire;

import io.lastmile.wire.hop.HopCodec;
import io.lastmile.wire.hop.HopFrame;
import io.lastmile.wire.hop.HopProof;
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
import io.lastmile.wire.record.RevocationRecord;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;

/** Every format of the wire, for the tests that hold for all of them. */
final class Formats {
    private Formats() {}

    /** Records' keys and values, then frames of the hop. */
    static Stream<Format<?>> all() {
        return Stream.of(records(), frames(), ChannelFormats.all()).flatMap(formats -> formats);
    }

    private static Stream<Format<?>> records() {
        return Stream.of(
                new Format<>(
                        "checkpoint",
                        Formats::checkpoint,
                        CheckpointRecord::encode,
                        CheckpointRecord::decode),
                new Format<>(
                        "claim",
                        r -> new ClaimRecord(r.incarnation(), r.time()),
                        ClaimRecord::encode,
                        ClaimRecord::decode),
                event("opened", Formats::opened),
                event(
                        "acked",
                        r -> new EventRecord.Acked(r.session(), r.list(0, 40, () -> ack(r)))),
                event(
                        "ended",
                        r ->
                                new EventRecord.Ended(
                                        r.session(), r.oneOf(EndReason.values()), r.time())),
                new Format<>(
                        "idempotency",
                        r -> new IdempotencyRecord(r.messageId(), r.time()),
                        IdempotencyRecord::encode,
                        IdempotencyRecord::decode),
                inboxKey("parked-key", r -> new InboxKey.Parked(r.device(), r.offset())),
                inboxKey(
                        "idempotency-key",
                        r -> new InboxKey.Idempotency(r.device(), r.text(1, 128))),
                inboxKey("checkpoint-key", _ -> new InboxKey.Checkpoint()),
                inboxKey("claim-key", _ -> new InboxKey.Claim()),
                inboxKey("arrival-key", r -> new InboxKey.Arrival(r.messageId().partition())),
                new Format<>(
                        "arrival",
                        r -> new ArrivalRecord(r.offset(), r.offset()),
                        ArrivalRecord::encode,
                        ArrivalRecord::decode),
                new Format<>(
                        "node-key",
                        r -> new NodeKey(r.incarnation(), r.flag()),
                        NodeKey::encode,
                        NodeKey::decode),
                node("heartbeat", Formats::heartbeat),
                node("gone", Formats::gone),
                new Format<>("parked", Formats::parked, ParkedRecord::encode, ParkedRecord::decode),
                new Format<>(
                        "presence",
                        Formats::presence,
                        PresenceRecord::encode,
                        PresenceRecord::decode),
                new Format<>(
                        "receipt", Formats::receipt, ReceiptRecord::encode, ReceiptRecord::decode),
                new Format<>(
                        "revocation",
                        r -> new RevocationRecord(r.time(), r.text(0, 40), r.text(0, 200)),
                        RevocationRecord::encode,
                        RevocationRecord::decode));
    }

    private static Stream<Format<?>> frames() {
        return Stream.of(
                frame(
                        "challenge",
                        r -> new HopFrame.Challenge(r.count(0, 65_535), r.incarnation(), nonce(r))),
                frame(
                        "hello",
                        r ->
                                new HopFrame.Hello(
                                        r.count(0, 65_535),
                                        r.incarnation(),
                                        nonce(r),
                                        Payload.of(r.bytes(0, 64)))),
                frame("welcome", r -> new HopFrame.Welcome(Payload.of(r.bytes(0, 64)))),
                frame("own", r -> new HopFrame.Own(partition(r), r.offset(), r.offset())),
                frame("sessions", Formats::sessions),
                frame("deliver", Formats::deliver),
                frame(
                        "close-session",
                        r ->
                                new HopFrame.CloseSession(
                                        partition(r),
                                        r.offset(),
                                        sessionNumber(r),
                                        r.oneOf(EndReason.values()))),
                frame(
                        "announce",
                        r -> new HopFrame.Announce(partition(r), r.offset(), sessionNumber(r))),
                frame(
                        "not-here",
                        r ->
                                new HopFrame.NotHere(
                                        partition(r), r.offset(), sessionNumber(r), r.offset())),
                frame("ping", r -> new HopFrame.Ping(r.offset(), r.flag())),
                frame("pong", r -> new HopFrame.Pong(r.offset())));
    }

    private static Format<?> event(String name, Function<RandomValues, EventRecord> draw) {
        return new Format<>(name, draw, EventRecord::encode, EventRecord::decode);
    }

    static Format<?> inboxKey(String name, Function<RandomValues, InboxKey> draw) {
        return new Format<>(name, draw, InboxKey::encode, InboxKey::decode);
    }

    private static Format<?> node(String name, Function<RandomValues, NodeRecord> draw) {
        return new Format<>(name, draw, NodeRecord::encode, NodeRecord::decode);
    }

    static Format<?> frame(String name, Function<RandomValues, HopFrame> draw) {
        return new Format<>(
                name, draw, Formats::frameBytes, bytes -> HopCodec.decode(ByteBuffer.wrap(bytes)));
    }

    /** The frame without its length field, which must count the rest. */
    static byte[] frameBytes(HopFrame frame) {
        ByteBuffer encoded = HopCodec.encode(frame);
        int length = encoded.getInt();
        if (length != encoded.remaining()) {
            throw new IllegalStateException(length + " said, " + encoded.remaining() + " there");
        }
        byte[] bytes = new byte[length];
        encoded.get(bytes);
        return bytes;
    }

    private static CheckpointRecord checkpoint(RandomValues r) {
        long watermark = r.number(0, 1L << 60);
        long[] settled = new long[r.count(0, 100)];
        long previous = watermark;
        for (int i = 0; i < settled.length; i++) {
            previous += r.number(1, 1L << 50);
            settled[i] = previous;
        }
        return new CheckpointRecord(
                r.offset(),
                watermark,
                r.offset(),
                r.count(1, Integer.MAX_VALUE),
                r.text(0, 22),
                r.text(0, 22),
                new CheckpointRecord.BroadcastsRead(
                        r.offset(), r.offset(), r.offset(), r.count(0, Integer.MAX_VALUE)),
                settled);
    }

    private static EventRecord opened(RandomValues r) {
        return new EventRecord.Opened(
                r.session(),
                r.time(),
                r.oneOf(Transport.values()),
                r.count(4, 5),
                r.count(0, 1),
                r.count(1, 65_535),
                r.flag(),
                r.time());
    }

    private static EventRecord.Ack ack(RandomValues r) {
        return new EventRecord.Ack(
                r.offset(), r.time(), r.time(), r.oneOf(Proof.values()), r.count(0, 255));
    }

    private static NodeRecord gone(RandomValues r) {
        return new NodeRecord.Gone(r.oneOf(NodeRole.values()), r.incarnation(), r.time());
    }

    private static NodeRecord heartbeat(RandomValues r) {
        Map<String, String> addresses = new LinkedHashMap<>();
        r.names(5).forEach(name -> addresses.put(name, "edge-1.example:" + r.count(1, 65_535)));
        Map<String, Long> load = new LinkedHashMap<>();
        r.names(5).forEach(name -> load.put(name, r.time()));
        List<NodeRecord.Claim> claims =
                new ArrayList<>(
                        r.list(0, 64, () -> new NodeRecord.Claim(partition(r), r.offset())));
        return new NodeRecord.Heartbeat(
                r.oneOf(NodeRole.values()),
                r.flag(),
                r.offset(),
                r.time(),
                r.text(0, 20),
                addresses,
                load,
                new NodeRecord.RouterPartitions(
                        claims, new TreeSet<>(r.list(0, 8, () -> partition(r)))));
    }

    private static ParkedRecord parked(RandomValues r) {
        return new ParkedRecord(
                r.messageId(),
                r.time(),
                r.time(),
                r.time(),
                r.time(),
                r.count(0, Integer.MAX_VALUE),
                r.count(0, 65_535),
                r.oneOf(Urgency.values()),
                r.orNull(() -> r.text(1, 128)),
                r.orNull(r::messageId),
                r.orNull(() -> r.oneOf(Outcome.values())));
    }

    private static PresenceRecord presence(RandomValues r) {
        return new PresenceRecord(
                r.session(),
                r.offset(),
                r.time(),
                r.oneOf(Transport.values()),
                r.count(4, 5),
                r.count(0, 1),
                r.count(1, 65_535),
                r.flag(),
                r.list(0, 5, r::session));
    }

    private static ReceiptRecord receipt(RandomValues r) {
        return new ReceiptRecord(
                r.messageId(),
                r.offset(),
                r.oneOf(Outcome.values()),
                r.orNull(r::session),
                r.time(),
                r.time(),
                r.time(),
                r.time(),
                r.time(),
                r.count(0, 65_535),
                r.oneOf(Proof.values()),
                r.count(0, 255),
                r.text(0, 200),
                r.orNull(r::messageId),
                r.orNull(r::broadcastId));
    }

    private static HopFrame sessions(RandomValues r) {
        return new HopFrame.Sessions(
                partition(r),
                r.offset(),
                r.offset(),
                r.flag(),
                r.offset(),
                r.flag(),
                r.list(
                        0,
                        50,
                        () ->
                                new HopFrame.HeldSession(
                                        r.device(), sessionNumber(r), r.time(), r.time())));
    }

    private static HopFrame deliver(RandomValues r) {
        return new HopFrame.Deliver(
                partition(r),
                r.offset(),
                sessionNumber(r),
                r.offset(),
                r.messageId(),
                r.time(),
                r.message());
    }

    static int partition(RandomValues r) {
        return r.count(0, Integer.MAX_VALUE);
    }

    static long sessionNumber(RandomValues r) {
        return r.number(1, Long.MAX_VALUE);
    }

    private static Payload nonce(RandomValues r) {
        return Payload.of(r.bytes(HopProof.NONCE_BYTES, HopProof.NONCE_BYTES));
    }
}
