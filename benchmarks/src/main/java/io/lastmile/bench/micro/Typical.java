package io.lastmile.bench.micro;

import io.lastmile.wire.DeviceId;
import io.lastmile.wire.Incarnation;
import io.lastmile.wire.Message;
import io.lastmile.wire.Payload;
import io.lastmile.wire.SessionId;
import io.lastmile.wire.Transport;
import io.lastmile.wire.record.EventRecord.Ack;
import io.lastmile.wire.record.PresenceRecord;
import io.lastmile.wire.record.Proof;
import java.util.List;

/** Values as there are many of: device ids of 20 bytes, payloads of 200, one edge. */
final class Typical {
    static final Incarnation EDGE = new Incarnation("edge-1", 1_764_000_000_000L);
    static final Payload PAYLOAD = Payload.of(new byte[200]);
    static final int WINDOW_MESSAGES = 16;
    static final long NOW_MS = 1_764_000_000_000L;

    private Typical() {}

    static DeviceId device(int number) {
        String digits = Integer.toString(number);
        return new DeviceId("device-" + "0".repeat(13 - digits.length()) + digits);
    }

    static Message message(DeviceId device) {
        return Message.plain(device, PAYLOAD);
    }

    static SessionId session(long number) {
        return new SessionId(EDGE, number);
    }

    static PresenceRecord presence(long session, long openedOffset) {
        return new PresenceRecord(
                session(session),
                openedOffset,
                NOW_MS,
                Transport.TCP,
                5,
                1,
                WINDOW_MESSAGES,
                true,
                List.of());
    }

    static Ack ack(long offset) {
        return new Ack(offset, NOW_MS, NOW_MS + 20, Proof.PUBACK, 0);
    }
}
