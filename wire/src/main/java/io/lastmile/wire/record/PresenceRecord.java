package io.lastmile.wire.record;

import io.lastmile.wire.BytesReader;
import io.lastmile.wire.BytesWriter;
import io.lastmile.wire.MalformedException;
import io.lastmile.wire.SessionId;
import io.lastmile.wire.Transport;
import java.util.ArrayList;
import java.util.List;

/**
 * A value of {@code lastmile.presence}: the session that owns a device; key = device, a tombstone
 * when it is offline.
 *
 * <p>Wide because it names the fields of a record in Kafka one by one.
 *
 * @param openedOffset of the session's first {@code opened} in events: its rank
 * @param sinceMs when the owner learned of it, by the owner's time
 * @param takesInbox whether the session takes messages for the device alone too
 * @param awaited older sessions that were told to close and whose {@code ended} has not been read:
 *     messages may be in flight there
 */
public record PresenceRecord(
        SessionId session,
        long openedOffset,
        long sinceMs,
        Transport transport,
        int protocolLevel,
        int qos,
        int windowMessages,
        boolean takesInbox,
        List<SessionId> awaited) {
    /** The newest version this code writes and reads. */
    public static final int VERSION = 1;

    public PresenceRecord {
        awaited = List.copyOf(awaited);
    }

    /** The value of the record. */
    public byte[] encode() {
        BytesWriter out = new BytesWriter(64).u8(VERSION);
        out.incarnation(session.edge())
                .i64(session.number())
                .i64(openedOffset)
                .i64(sinceMs)
                .u8(transport.code())
                .u8(protocolLevel)
                .u8(qos)
                .u16(windowMessages)
                .u8(takesInbox ? 1 : 0)
                .count(awaited.size());
        for (SessionId older : awaited) {
            out.incarnation(older.edge()).i64(older.number());
        }
        return out.toBytes();
    }

    /**
     * The presence of a record's value.
     *
     * @throws MalformedException where the bytes are none
     */
    public static PresenceRecord decode(byte[] value) {
        BytesReader in = new BytesReader(value);
        Versions.read(in, VERSION);
        SessionId session = new SessionId(in.incarnation("edge"), in.sessionNumber("session"));
        long openedOffset = in.offset("opened");
        long sinceMs = in.i64("since");
        Transport transport = Transport.ofCode(in.u8("transport"));
        int level = in.u8("protocol");
        int qos = in.u8("qos");
        int window = in.u16("window");
        boolean takesInbox = in.flag("takes-inbox");
        if (qos > 1 || window == 0) {
            throw new MalformedException("presence", "qos 0 or 1, window from 1");
        }
        int count = in.countOf("awaited", 18);
        List<SessionId> awaited = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            awaited.add(new SessionId(in.incarnation("edge"), in.sessionNumber("session")));
        }
        in.end("presence");
        return new PresenceRecord(
                session, openedOffset, sinceMs, transport, level, qos, window, takesInbox, awaited);
    }
}
