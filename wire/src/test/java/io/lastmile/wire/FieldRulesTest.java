package io.lastmile.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.lastmile.wire.hop.HopCodec;
import io.lastmile.wire.hop.HopFrame;
import io.lastmile.wire.hop.HopFrame.HeldSession;
import io.lastmile.wire.record.CheckpointRecord;
import io.lastmile.wire.record.ParkedRecord;
import io.lastmile.wire.record.PresenceRecord;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Values that have the right shape and make no sense are malformed too. */
class FieldRulesTest {
    private static final DeviceId DEVICE = new DeviceId("phone-1");
    private static final SessionId SESSION = new SessionId(new Incarnation("edge-1", 1), 1);

    @Test
    void settledOffsetsOfACheckpointRise() {
        refused("settled-above", () -> checkpoint(64, 1, new long[] {12, 12}));
        refused("partitions", () -> checkpoint(0, 1, new long[0]));
        byte[] beyond =
                new BytesWriter(64)
                        .u8(CheckpointRecord.VERSION)
                        .i64(1)
                        .i64(Long.MAX_VALUE)
                        .i64(1)
                        .i32(64)
                        .text("")
                        .text("")
                        .i64(0)
                        .i64(0)
                        .i64(0)
                        .i32(0)
                        .count(1)
                        .count(1)
                        .toBytes();
        refused("settled-above", () -> CheckpointRecord.decode(beyond));
    }

    @Test
    void aBodyHasNoNegativeSize() {
        MessageId id = new MessageId(0, 0);
        ParkedRecord parked =
                new ParkedRecord(id, 0, 0, 0, 0, -1, 0, Urgency.NORMAL, null, null, null);
        refused("body-bytes", () -> ParkedRecord.decode(parked.encode()));
    }

    @Test
    void aSessionHasAWindowAndQos0Or1() {
        refused("presence", () -> presence(2, 16));
        refused("presence", () -> presence(1, 0));
    }

    @Test
    void sessionsComeInFramesOfAThousand() {
        List<HeldSession> most = Collections.nCopies(1_000, new HeldSession(DEVICE, 1, 0, 0));
        assertEquals(sessions(most), HopCodec.decode(bytes(sessions(most))));
        List<HeldSession> more = new ArrayList<>(most);
        more.add(new HeldSession(DEVICE, 1, 0, 0));
        assertThrows(IllegalArgumentException.class, () -> sessions(more));
        List<HeldSession> wrong = List.of(new HeldSession(DEVICE, 1, -2, 0));
        refused("opened", () -> HopCodec.decode(bytes(sessions(wrong))));
    }

    @Test
    void aDeliverCarriesNoMoreHeadersThanAMessageHas() {
        BytesWriter out =
                new BytesWriter(1_024)
                        .u8(6)
                        .i32(0)
                        .i64(1)
                        .i64(1)
                        .i64(1)
                        .messageId(new MessageId(0, 1))
                        .i64(1)
                        .text(DEVICE.value())
                        .count(10_000);
        for (int i = 0; i < 10_000; i++) {
            out.text("ttl").text("1");
        }
        ByteBuffer frame = out.blob(new byte[0]).toBuffer();
        refused("headers", () -> HopCodec.decode(frame));
    }

    private static void checkpoint(int partitions, long watermark, long[] settledAbove) {
        CheckpointRecord.decode(
                new CheckpointRecord(
                                1,
                                watermark,
                                1,
                                partitions,
                                "",
                                "",
                                CheckpointRecord.BroadcastsRead.FROM_START,
                                settledAbove)
                        .encode());
    }

    private static void presence(int qos, int windowMessages) {
        PresenceRecord.decode(
                new PresenceRecord(
                                SESSION,
                                0,
                                0,
                                Transport.TCP,
                                5,
                                qos,
                                windowMessages,
                                true,
                                List.of())
                        .encode());
    }

    private static HopFrame.Sessions sessions(List<HeldSession> held) {
        return new HopFrame.Sessions(0, 1, 1, false, 1, true, held);
    }

    private static ByteBuffer bytes(HopFrame frame) {
        ByteBuffer encoded = HopCodec.encode(frame);
        encoded.position(HopCodec.LENGTH_BYTES);
        return encoded;
    }

    private static void refused(String field, Executable reading) {
        assertEquals(field, assertThrows(MalformedException.class, reading).field());
    }
}
