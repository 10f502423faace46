package io.lastmile.wire.hop;

import io.lastmile.wire.Audience;
import io.lastmile.wire.BytesReader;
import io.lastmile.wire.BytesWriter;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.EndReason;
import io.lastmile.wire.Header;
import io.lastmile.wire.MalformedException;
import io.lastmile.wire.Message;
import io.lastmile.wire.MessageHeader;
import io.lastmile.wire.MessageId;
import io.lastmile.wire.Payload;
import io.lastmile.wire.hop.HopFrame.Announce;
import io.lastmile.wire.hop.HopFrame.Challenge;
import io.lastmile.wire.hop.HopFrame.CloseSession;
import io.lastmile.wire.hop.HopFrame.Copies;
import io.lastmile.wire.hop.HopFrame.Deliver;
import io.lastmile.wire.hop.HopFrame.HeldSession;
import io.lastmile.wire.hop.HopFrame.Hello;
import io.lastmile.wire.hop.HopFrame.NotHere;
import io.lastmile.wire.hop.HopFrame.Own;
import io.lastmile.wire.hop.HopFrame.Ping;
import io.lastmile.wire.hop.HopFrame.Pong;
import io.lastmile.wire.hop.HopFrame.Recipient;
import io.lastmile.wire.hop.HopFrame.Sessions;
import io.lastmile.wire.hop.HopFrame.Welcome;
import io.lastmile.wire.record.BroadcastRecord;
import io.lastmile.wire.record.MessageRecord;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Frames to bytes and back: a length of four bytes, a type byte, the fields of the type. */
public final class HopCodec {
    /** Bytes of the length field, which counts what comes after it. */
    public static final int LENGTH_BYTES = 4;

    /** The longest frame behind its length field: the largest payload a topic takes, and room. */
    public static final int FRAME_BYTES_MAX = 17 * 1024 * 1024;

    // A deliver carries what MessageRecord.headers gives: each registered header once, and the own.
    private static final int HEADERS_MAX =
            MessageHeader.values().length + MessageRecord.ATTRIBUTES_MAX;

    private HopCodec() {}

    /** The frame with its length in front. */
    public static ByteBuffer encode(HopFrame frame) {
        int payload =
                switch (frame) {
                    case Deliver deliver -> deliver.message().payload().length();
                    case Copies copies -> copies.message().payload().length();
                    default -> 0;
                };
        BytesWriter out = new BytesWriter(128 + payload);
        encode(frame, out);
        return out.toBuffer();
    }

    /** Appends the frame with its length in front. */
    public static void encode(HopFrame frame, BytesWriter out) {
        int start = out.length();
        out.i32(0);
        switch (frame) {
            case Challenge f ->
                    out.u8(1).u16(f.version()).incarnation(f.edge()).blob(f.nonce().bytes());
            case Hello f ->
                    out.u8(2)
                            .u16(f.version())
                            .incarnation(f.router())
                            .blob(f.nonce().bytes())
                            .blob(f.proof().bytes());
            case Welcome f -> out.u8(3).blob(f.proof().bytes());
            case Own f -> out.u8(4).i32(f.partition()).i64(f.epoch()).i64(f.exchange());
            case Sessions f -> encodeSessions(out.u8(5), f);
            case Deliver f -> encodeDeliver(out.u8(6), f);
            case CloseSession f ->
                    out.u8(7)
                            .i32(f.partition())
                            .i64(f.epoch())
                            .i64(f.session())
                            .u8(f.reason().code());
            case Announce f -> out.u8(8).i32(f.partition()).i64(f.epoch()).i64(f.session());
            case NotHere f ->
                    out.u8(9).i32(f.partition()).i64(f.epoch()).i64(f.session()).i64(f.offset());
            case Ping f -> out.u8(10).i64(f.sequence()).u8(f.kafkaReachable() ? 1 : 0);
            case Pong f -> out.u8(11).i64(f.sequence());
            case Copies f -> encodeCopies(out.u8(12), f);
        }
        out.setI32(start, out.length() - start - LENGTH_BYTES);
    }

    /**
     * The frame of bytes from which the length was taken off.
     *
     * @throws MalformedException where the bytes are none
     */
    public static HopFrame decode(ByteBuffer bytes) {
        BytesReader in = new BytesReader(bytes);
        int type = in.u8("type");
        HopFrame frame =
                switch (type) {
                    case 1 -> new Challenge(in.u16("version"), in.incarnation("edge"), nonce(in));
                    case 2 ->
                            new Hello(
                                    in.u16("version"),
                                    in.incarnation("router"),
                                    nonce(in),
                                    Payload.of(in.blob("proof")));
                    case 3 -> new Welcome(Payload.of(in.blob("proof")));
                    case 4 -> new Own(partition(in), in.offset("epoch"), in.i64("exchange"));
                    case 5 -> decodeSessions(in);
                    case 6 -> decodeDeliver(in);
                    case 7 ->
                            new CloseSession(
                                    partition(in),
                                    in.offset("epoch"),
                                    in.sessionNumber("session"),
                                    EndReason.ofCode(in.u8("reason")));
                    case 8 ->
                            new Announce(
                                    partition(in), in.offset("epoch"), in.sessionNumber("session"));
                    case 9 ->
                            new NotHere(
                                    partition(in),
                                    in.offset("epoch"),
                                    in.sessionNumber("session"),
                                    in.offset("offset"));
                    case 10 -> new Ping(in.i64("sequence"), in.flag("kafka-reachable"));
                    case 11 -> new Pong(in.i64("sequence"));
                    case 12 -> decodeCopies(in);
                    default -> throw new MalformedException("type", "1 to 12, not " + type);
                };
        in.end("frame");
        return frame;
    }

    private static void encodeSessions(BytesWriter out, Sessions frame) {
        out.i32(frame.partition())
                .i64(frame.epoch())
                .i64(frame.exchange())
                .u8(frame.refused() ? 1 : 0)
                .i64(frame.highestIssued())
                .u8(frame.last() ? 1 : 0)
                .count(frame.sessions().size());
        for (HeldSession held : frame.sessions()) {
            out.text(held.device().value())
                    .i64(held.session())
                    .i64(held.openedOffset())
                    .i64(held.highestSent());
        }
    }

    private static Sessions decodeSessions(BytesReader in) {
        int partition = partition(in);
        long epoch = in.offset("epoch");
        long exchange = in.i64("exchange");
        boolean refused = in.flag("refused");
        long highestIssued = in.offset("highest-issued");
        boolean last = in.flag("last");
        int count = in.countOf("sessions", 26);
        if (count > Sessions.SESSIONS_MAX) {
            throw new MalformedException("sessions", "at most " + Sessions.SESSIONS_MAX);
        }
        List<HeldSession> sessions = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            sessions.add(
                    new HeldSession(
                            in.device("device"),
                            in.sessionNumber("session"),
                            in.offsetOrNone("opened"),
                            in.offsetOrNone("highest-sent")));
        }
        return new Sessions(partition, epoch, exchange, refused, highestIssued, last, sessions);
    }

    private static void encodeDeliver(BytesWriter out, Deliver frame) {
        Message message = frame.message();
        out.i32(frame.partition())
                .i64(frame.epoch())
                .i64(frame.session())
                .i64(frame.offset())
                .messageId(frame.id())
                .i64(frame.expiresInMs())
                .text(message.device().value());
        encodeContent(out, message);
    }

    private static void encodeContent(BytesWriter out, Message message) {
        List<Header> headers = MessageRecord.headers(message);
        out.count(headers.size());
        for (Header header : headers) {
            out.text(header.name()).text(header.value());
        }
        out.blob(message.payload().bytes());
    }

    private static Deliver decodeDeliver(BytesReader in) {
        int partition = partition(in);
        long epoch = in.offset("epoch");
        long session = in.sessionNumber("session");
        long offset = in.offset("offset");
        MessageId id = in.messageId("id");
        long expiresInMs = in.i64("expires-in");
        Message message = decodeContent(in, in.device("device"));
        return new Deliver(partition, epoch, session, offset, id, expiresInMs, message);
    }

    private static Message decodeContent(BytesReader in, DeviceId device) {
        int count = in.countOf("headers", 2);
        if (count > HEADERS_MAX) {
            throw new MalformedException("headers", "at most " + HEADERS_MAX);
        }
        List<Header> headers = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            headers.add(new Header(in.text("header-name"), in.text("header-value")));
        }
        Payload payload = Payload.of(in.blob("payload"));
        return MessageRecord.decodeRead(device, payload, headers);
    }

    private static void encodeCopies(BytesWriter out, Copies frame) {
        out.i32(frame.partition())
                .i64(frame.epoch())
                .i64(frame.offset())
                .messageId(frame.id())
                .i64(frame.expiresInMs())
                .text(frame.audience().text());
        encodeContent(out, frame.message());
        out.count(frame.recipients().size());
        for (Recipient recipient : frame.recipients()) {
            out.count(recipient.session()).count(recipient.member());
        }
    }

    private static Copies decodeCopies(BytesReader in) {
        int partition = partition(in);
        long epoch = in.offset("epoch");
        long offset = in.offset("offset");
        MessageId id = in.messageId("id");
        long expiresInMs = in.i64("expires-in");
        Audience audience = audience(in.text("audience"));
        Message message = decodeContent(in, BroadcastRecord.ADDRESSEE);
        int count = in.countOf("recipients", 2);
        if (count > Copies.RECIPIENTS_MAX) {
            throw new MalformedException("recipients", "at most " + Copies.RECIPIENTS_MAX);
        }
        List<Recipient> recipients = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            long session = in.count("session");
            long member = in.count("member");
            if (session == 0 || member > Integer.MAX_VALUE) {
                throw new MalformedException("recipient", "a session and a member");
            }
            recipients.add(new Recipient(session, (int) member));
        }
        return new Copies(partition, epoch, offset, id, expiresInMs, audience, message, recipients);
    }

    private static Audience audience(String text) {
        try {
            return Audience.parse(text);
        } catch (Audience.AudienceException e) {
            throw new MalformedException("audience", String.valueOf(e.getMessage()));
        }
    }

    private static Payload nonce(BytesReader in) {
        byte[] nonce = in.blob("nonce");
        if (nonce.length != HopProof.NONCE_BYTES) {
            throw new MalformedException("nonce", HopProof.NONCE_BYTES + " bytes");
        }
        return Payload.of(nonce);
    }

    private static int partition(BytesReader in) {
        int partition = in.i32("partition");
        if (partition < 0) {
            throw new MalformedException("partition", "0 or more");
        }
        return partition;
    }
}
