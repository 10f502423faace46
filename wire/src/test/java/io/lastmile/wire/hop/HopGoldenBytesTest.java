package io.lastmile.wire.hop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import io.lastmile.wire.Audience;
import io.lastmile.wire.Control;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.EndReason;
import io.lastmile.wire.Header;
import io.lastmile.wire.Incarnation;
import io.lastmile.wire.Message;
import io.lastmile.wire.MessageId;
import io.lastmile.wire.Payload;
import io.lastmile.wire.Urgency;
import io.lastmile.wire.record.BroadcastRecord;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Frames of the hop as version 1 writes them, in {@code golden-hop-v1.txt}: while an upgrade rolls,
 * a router and an edge of neighbouring versions speak with each other. A line of that file is never
 * changed.
 */
class HopGoldenBytesTest {
    private static final Payload NONCE = Payload.ofText("0123456789abcdef0123456789abcdef");
    private static final Incarnation EDGE = new Incarnation("edge-1", 1_042);
    private static final Incarnation ROUTER = new Incarnation("router-1", 7);

    private static final DeviceId PHONE = new DeviceId("phone-1");

    /** Has every attribute that a message can have. */
    private static Message full() {
        return new Message(
                PHONE,
                Payload.ofText("{}"),
                "application/json",
                3_600,
                "weather",
                Urgency.HIGH,
                "order-17",
                1_789_000_000_000L,
                new Control.Cancel(new MessageId(3, 12)),
                new MessageId(5, 17),
                1_788_000_000_000L,
                new MessageId(3, 4),
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                List.of(new Header("tenant", "north"), new Header("tenant", "süd")));
    }

    private static List<HopFrame> frames() {
        var held = new HopFrame.HeldSession(PHONE, 41, 1_042, -1);
        return List.of(
                new HopFrame.Challenge(1, EDGE, NONCE),
                new HopFrame.Hello(1, ROUTER, NONCE, Payload.ofText("proof")),
                new HopFrame.Welcome(Payload.ofText("proof")),
                new HopFrame.Own(3, 9, 2),
                new HopFrame.Sessions(3, 9, 2, false, 41, true, List.of(held)),
                new HopFrame.Deliver(
                        3,
                        9,
                        41,
                        1_050,
                        new MessageId(3, 1_050),
                        60_000,
                        Message.plain(PHONE, Payload.ofText("hello"))),
                new HopFrame.Deliver(3, 9, 41, 1_051, new MessageId(5, 17), 60_000, full()),
                new HopFrame.CloseSession(3, 9, 41, EndReason.TAKEN_OVER),
                new HopFrame.Announce(3, 9, 41),
                new HopFrame.NotHere(3, 9, 41, 1_043),
                new HopFrame.Ping(5, true),
                new HopFrame.Pong(5),
                new HopFrame.Copies(
                        3,
                        9,
                        1_052,
                        new MessageId(3, 1_052),
                        60_000,
                        Audience.parse("news & !beta"),
                        Message.plain(BroadcastRecord.ADDRESSEE, Payload.ofText("hello")),
                        List.of(
                                new HopFrame.Recipient(41, 7),
                                new HopFrame.Recipient(300, 70_000))));
    }

    private static byte[] bytes(HopFrame frame) {
        ByteBuffer encoded = HopCodec.encode(frame);
        byte[] bytes = new byte[encoded.remaining()];
        encoded.get(bytes);
        return bytes;
    }

    @Test
    void everyFrameIsReadAndWrittenAsEver() throws Exception {
        StringBuilder written = new StringBuilder();
        for (HopFrame frame : frames()) {
            ByteBuffer afterLength = ByteBuffer.wrap(bytes(frame)).position(HopCodec.LENGTH_BYTES);
            assertEquals(frame, HopCodec.decode(afterLength));
            written.append(frame.getClass().getSimpleName())
                    .append(' ')
                    .append(HexFormat.of().formatHex(bytes(frame)))
                    .append('\n');
        }
        try (var golden = getClass().getResourceAsStream("golden-hop-v1.txt")) {
            assertNotNull(golden);
            assertEquals(new String(golden.readAllBytes(), UTF_8), written.toString());
        }
    }
}
