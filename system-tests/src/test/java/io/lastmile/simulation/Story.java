package io.lastmile.simulation;

import io.lastmile.edge.session.Session;
import io.lastmile.wire.BroadcastId;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.Message;
import io.lastmile.wire.MessageId;
import io.lastmile.wire.record.ReceiptRecord;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** All that happened to one accepted message, as nobody inside the system can know it. */
final class Story {
    static final long NOT_REMEMBERED = Long.MAX_VALUE;
    final MessageId id;
    final DeviceId device;

    /** As it was accepted; null where it could not be understood. */
    final @Nullable Message message;

    /** By the clock of the broker that took it. */
    final long acceptedAtMs;

    /** {@link #TTL_CONNECTED} for one that only goes to a device that is there. */
    final long ttlMs;

    final List<Sent> sends = new ArrayList<>(1);
    @Nullable ReceiptRecord receipt;
    boolean received;

    /** The broadcast that it is a copy of, if it is one. */
    @Nullable BroadcastId copyOf;

    /** Where it stands now: an owner may have appended it again. */
    int partition;

    long offset;

    /** Where it first stood in the partition where it is now: there its key was looked at. */
    long keyedOffset;

    long keyedAtMs;

    /** When it came to stand there, and its key was free since it was taken back, by no clock. */
    long keyedNowMs;

    long freedNowMs = Long.MAX_VALUE;

    /** Whether it was appended again because it was due. */
    boolean released;

    /** Whether a record that takes it back was accepted. */
    boolean cancelled;

    /** Whether retention has taken its body. */
    boolean isGone;

    /** Whether the inbox topic knows how it is to end if it comes back. */
    long endingRememberedAt = NOT_REMEMBERED; // offset in the inbox topic

    /** The {@link #ttlMs} of a message with ttl 0. */
    static final long TTL_CONNECTED = 0;

    /** One session that the message was written to. */
    static final class Sent {
        /** The {@link #ackInLogAt} of an acknowledgement that Kafka does not have. */
        static final long NEVER = Long.MAX_VALUE;

        final Session session;
        boolean received;
        boolean ackTaken;
        boolean refused;
        long ackInLogAt = NEVER;
        long ackOffset = NEVER;

        Sent(Session session) {
            this.session = session;
        }
    }

    Story(MessageId id, DeviceId device, @Nullable Message message, long atMs, long ttlMs) {
        this.id = id;
        this.device = device;
        this.message = message;
        this.acceptedAtMs = atMs;
        this.ttlMs = ttlMs;
        partition = -1;
        moved(id.partition(), id.offset(), atMs);
    }

    /** The copy that a device has of a broadcast. */
    static Story ofCopy(
            MessageId mark,
            DeviceId device,
            Message message,
            long atMs,
            long ttlMs,
            BroadcastId copyOf) {
        Story story = new Story(mark, device, message, atMs, ttlMs);
        story.copyOf = copyOf;
        return story;
    }

    boolean isCopy() {
        return copyOf != null;
    }

    void moved(int toPartition, long toOffset, long atMs) {
        if (partition != toPartition) {
            keyedOffset = toOffset;
            keyedAtMs = atMs;
        }
        partition = toPartition;
        offset = toOffset;
    }

    boolean standsAt(int atPartition, long atOffset) {
        return partition == atPartition && offset == atOffset;
    }

    @Nullable String idempotencyKey() {
        return message == null ? null : message.idempotencyKey();
    }

    @Nullable String collapseKey() {
        return message == null ? null : message.collapseKey();
    }

    /** Since the epoch; {@link Message#ABSENT} for at once. */
    long notBeforeMs() {
        return message == null ? Message.ABSENT : message.notBeforeMs();
    }

    @Nullable Sent sentIn(Session session) {
        for (Sent sent : sends) {
            if (sent.session == session) {
                return sent;
            }
        }
        return null;
    }

    @Override
    public String toString() {
        ReceiptRecord settled = receipt;
        return (isCopy() ? "copy of " + copyOf + " at " : "message ")
                + id
                + (standsAt(id.partition(), id.offset()) ? "" : ", now " + partition + "-" + offset)
                + " of "
                + device
                + (settled == null ? " without a receipt" : " " + settled.outcome())
                + (received ? ", received" : ", not received")
                + ", sent in "
                + sends.stream().map(sent -> sent.session.id().toString()).toList();
    }
}
