package io.lastmile.wire.hop;

import io.lastmile.wire.Audience;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.EndReason;
import io.lastmile.wire.Incarnation;
import io.lastmile.wire.Message;
import io.lastmile.wire.MessageId;
import io.lastmile.wire.Payload;
import java.util.List;

/**
 * One frame of the hop, described in docs/hop.md. The router opens the connection; the edge speaks
 * first. Frames of one connection are handled in order.
 */
public sealed interface HopFrame {
    /** The version that this code speaks. */
    int VERSION = 1;

    /** Frames a router sends. */
    sealed interface FromRouter extends HopFrame {}

    /** What an owner says about one of the sessions in its partition. */
    sealed interface ForSession extends FromRouter {
        /** The partition of the session's device. */
        int partition();

        /** With which its sender has claimed the partition. */
        long epoch();

        /** The number of the session. */
        long session();
    }

    /** Frames an edge sends. */
    sealed interface FromEdge extends HopFrame {}

    /**
     * The edge's first frame.
     *
     * @param version that the edge speaks
     * @param edge its incarnation
     * @param nonce 32 random bytes
     */
    record Challenge(int version, Incarnation edge, Payload nonce) implements FromEdge {}

    /**
     * The router's answer.
     *
     * @param nonce 32 random bytes of its own
     * @param proof of the shared secret, see {@link HopProof}
     */
    record Hello(int version, Incarnation router, Payload nonce, Payload proof)
            implements FromRouter {}

    /**
     * The edge took the router's proof and gives its own: the connection is open.
     *
     * @param proof of the shared secret, see {@link HopProof}
     */
    record Welcome(Payload proof) implements FromEdge {}

    /**
     * The sender owns the partition. Answered by {@link Sessions} frames with the same exchange.
     *
     * @param epoch of the claim; an edge that knows a higher one refuses
     * @param exchange counts up within the connection
     */
    record Own(int partition, long epoch, long exchange) implements FromRouter {}

    /**
     * Sessions of the partition, in one or more frames.
     *
     * @param refused whether the edge knows a higher epoch, which then stands in {@code epoch}
     * @param highestIssued the highest session number that the edge has given out
     * @param last whether this is the last frame of the exchange
     */
    record Sessions(
            int partition,
            long epoch,
            long exchange,
            boolean refused,
            long highestIssued,
            boolean last,
            List<HeldSession> sessions)
            implements FromEdge {
        /** The most sessions in one frame. */
        public static final int SESSIONS_MAX = 1_000;

        /**
         * @throws IllegalArgumentException where there are more than fit one frame
         */
        public Sessions {
            if (sessions.size() > SESSIONS_MAX) {
                throw new IllegalArgumentException("at most " + SESSIONS_MAX + " sessions a frame");
            }
            sessions = List.copyOf(sessions);
        }
    }

    /**
     * Give this message to this session's device. Offsets of one session only rise.
     *
     * @param offset of the record, which the edge acknowledges
     * @param id of the message, which the device sees
     * @param expiresInMs what is left of its time to live
     * @param message payload and attributes
     */
    record Deliver(
            int partition,
            long epoch,
            long session,
            long offset,
            MessageId id,
            long expiresInMs,
            Message message)
            implements ForSession {
        /** The answer where its session is not here. */
        public NotHere notHere() {
            return new NotHere(partition, epoch, session, offset);
        }

        /** The same with less of its time to live. */
        public Deliver expiringIn(long remainingMs) {
            return new Deliver(partition, epoch, session, offset, id, remainingMs, message);
        }
    }

    /**
     * Give this payload to these sessions' devices: the copies of a broadcast. To each it is as a
     * {@link Deliver}.
     *
     * @param offset of the broadcast's mark, which the edge acknowledges
     * @param id of the mark, which the devices see as that of the message
     * @param expiresInMs what is left of its time to live
     * @param audience that it was posted to, which the devices see
     * @param message payload and attributes
     */
    record Copies(
            int partition,
            long epoch,
            long offset,
            MessageId id,
            long expiresInMs,
            Audience audience,
            Message message,
            List<Recipient> recipients)
            implements FromRouter {
        /** The most recipients in one frame. */
        public static final int RECIPIENTS_MAX = 4_096;

        /**
         * @throws IllegalArgumentException where there are more than fit one frame
         */
        public Copies {
            if (recipients.size() > RECIPIENTS_MAX) {
                throw new IllegalArgumentException(
                        "at most " + RECIPIENTS_MAX + " recipients a frame");
            }
            recipients = List.copyOf(recipients);
        }

        /** The same for one of them. */
        public Deliver to(Recipient recipient) {
            return new Deliver(
                    partition, epoch, recipient.session(), offset, id, expiresInMs, message);
        }
    }

    /**
     * Who gets a copy of a broadcast.
     *
     * @param session the number of the device's session
     * @param member the number of the device in its partition, by which it is acknowledged
     */
    record Recipient(long session, int member) {}

    /** End this session. */
    record CloseSession(int partition, long epoch, long session, EndReason reason)
            implements ForSession {}

    /** Write the {@code opened} of this session again, with the offset of its first. */
    record Announce(int partition, long epoch, long session) implements ForSession {}

    /** A {@link Deliver} named a session that is not here (any more). */
    record NotHere(int partition, long epoch, long session, long offset) implements FromEdge {}

    /**
     * Are you there?
     *
     * @param kafkaReachable whether the router's Kafka works
     */
    record Ping(long sequence, boolean kafkaReachable) implements FromRouter {}

    /** Yes. */
    record Pong(long sequence) implements FromEdge {}

    /**
     * A session as its edge holds it.
     *
     * @param session its number
     * @param openedOffset of its first {@code opened} in events, {@link #UNCONFIRMED} while Kafka
     *     has not confirmed it
     * @param highestSent the highest offset given to it, {@link #NOTHING_SENT} where there is none
     */
    record HeldSession(DeviceId device, long session, long openedOffset, long highestSent) {
        /** The {@link #openedOffset} of a session whose {@code opened} is not in Kafka yet. */
        public static final long UNCONFIRMED = -1;

        /** The {@link #highestSent} of a session that was given nothing. */
        public static final long NOTHING_SENT = -1;
    }
}
