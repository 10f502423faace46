package io.lastmile.wire.record;

import io.lastmile.wire.BytesReader;
import io.lastmile.wire.BytesWriter;
import io.lastmile.wire.EndReason;
import io.lastmile.wire.MalformedException;
import io.lastmile.wire.SessionId;
import io.lastmile.wire.Transport;
import java.util.ArrayList;
import java.util.List;

/**
 * A value of {@code lastmile.events}: what an edge tells the owner about one session; key = device.
 */
public sealed interface EventRecord {
    /** The newest version this code writes and reads. */
    int VERSION = 1;

    /** The {@link Opened#firstOpened()} of a session's first announcement. */
    long FIRST = -1;

    /** The session that the event is about. */
    SessionId session();

    /**
     * A device subscribed: it can be reached here from now on.
     *
     * <p>Wide because it names the fields of a record in Kafka one by one.
     *
     * @param firstOpened the offset of the session's first {@code opened}, which ranks it, in a
     *     repeated announcement; {@link #FIRST} in the first
     * @param protocolLevel of MQTT: 4 for 3.1.1, 5 for 5.0
     * @param qos that it asked for, 0 or 1
     * @param windowMessages the most it takes unacknowledged, 1 to 65,535
     * @param takesInbox whether it takes messages for the device alone too, not only broadcasts
     * @param atMs by the edge's clock, for people
     */
    record Opened(
            SessionId session,
            long firstOpened,
            Transport transport,
            int protocolLevel,
            int qos,
            int windowMessages,
            boolean takesInbox,
            long atMs)
            implements EventRecord {}

    /** The device acknowledged messages. */
    record Acked(SessionId session, List<Ack> acks) implements EventRecord {
        public Acked {
            acks = List.copyOf(acks);
        }
    }

    /**
     * The session is over; every {@code acked} of it stands before this in the log.
     *
     * @param atMs by the edge's clock, for people
     */
    record Ended(SessionId session, EndReason reason, long atMs) implements EventRecord {}

    /**
     * One acknowledgement.
     *
     * @param offset of the message's record
     * @param sentAtMs by the edge's clock
     * @param acknowledgedAtMs by the edge's clock
     * @param proof whether the device said so, or only the socket took the bytes; none where the
     *     edge did not send it
     * @param reasonCode of the PUBACK (MQTT 5, section 3.4.2.1); 0x80 and above is a refusal
     */
    record Ack(long offset, long sentAtMs, long acknowledgedAtMs, Proof proof, int reasonCode) {
        /** The first reason code that says no. */
        public static final int REFUSED = 0x80;

        /** Whether the device refused the message, or the edge for it. */
        public boolean refused() {
            return reasonCode >= REFUSED;
        }

        /** Whether the device got nothing: the edge knows that it does not take the message. */
        public boolean notSent() {
            return refused() && proof == Proof.NONE;
        }
    }

    /** The value of the record. */
    default byte[] encode() {
        BytesWriter out = new BytesWriter(64).u8(VERSION);
        switch (this) {
            case Opened opened -> {
                session(out.u8(1), opened.session);
                out.i64(opened.firstOpened)
                        .u8(opened.transport.code())
                        .u8(opened.protocolLevel)
                        .u8(opened.qos)
                        .u16(opened.windowMessages)
                        .u8(opened.takesInbox ? 1 : 0)
                        .i64(opened.atMs);
            }
            case Acked acked -> {
                session(out.u8(2), acked.session);
                out.count(acked.acks.size());
                for (Ack ack : acked.acks) {
                    out.i64(ack.offset)
                            .i64(ack.sentAtMs)
                            .i64(ack.acknowledgedAtMs)
                            .u8(ack.proof.code())
                            .u8(ack.reasonCode);
                }
            }
            case Ended ended -> {
                session(out.u8(3), ended.session);
                out.u8(ended.reason.code()).i64(ended.atMs);
            }
        }
        return out.toBytes();
    }

    /**
     * The event of a record's value.
     *
     * @throws MalformedException where the bytes are none
     */
    static EventRecord decode(byte[] value) {
        BytesReader in = new BytesReader(value);
        Versions.read(in, VERSION);
        int type = in.u8("type");
        SessionId session = new SessionId(in.incarnation("edge"), in.sessionNumber("session"));
        EventRecord event =
                switch (type) {
                    case 1 -> opened(in, session);
                    case 2 -> acked(in, session);
                    case 3 -> new Ended(session, EndReason.ofCode(in.u8("reason")), in.i64("at"));
                    default -> throw new MalformedException("type", "1 to 3, not " + type);
                };
        in.end("event");
        return event;
    }

    private static Opened opened(BytesReader in, SessionId session) {
        long firstOpened = in.i64("first");
        Transport transport = Transport.ofCode(in.u8("transport"));
        int level = in.u8("protocol");
        int qos = in.u8("qos");
        int window = in.u16("window");
        if (firstOpened < FIRST || qos > 1 || window == 0) {
            throw new MalformedException("opened", "first from -1, qos 0 or 1, window from 1");
        }
        boolean takesInbox = in.flag("takes-inbox");
        return new Opened(
                session, firstOpened, transport, level, qos, window, takesInbox, in.i64("at"));
    }

    private static Acked acked(BytesReader in, SessionId session) {
        int count = in.countOf("acks", 26);
        List<Ack> acks = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            acks.add(
                    new Ack(
                            in.offset("offset"),
                            in.i64("sent"),
                            in.i64("acknowledged"),
                            Proof.ofCode(in.u8("proof")),
                            in.u8("reason-code")));
        }
        return new Acked(session, acks);
    }

    private static void session(BytesWriter out, SessionId session) {
        out.incarnation(session.edge()).i64(session.number());
    }
}
