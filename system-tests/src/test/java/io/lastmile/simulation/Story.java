package io.lastmile.simulation;

import io.lastmile.wire.DeviceId;
import io.lastmile.wire.record.ReceiptRecord;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** All that happened to one accepted message, as nobody inside the system can know it. */
final class Story {
    final DeviceId device;
    final long offset;
    final long acceptedAtMs;

    /** {@link #TTL_CONNECTED} for one that only goes to a device that is there. */
    final long ttlMs;

    final List<Sent> sends = new ArrayList<>(1);
    @Nullable ReceiptRecord receipt;
    boolean received;

    /** The {@link #ttlMs} of a message with ttl 0. */
    static final long TTL_CONNECTED = 0;

    /** One session that the message was written to. */
    static final class Sent {
        /** The {@link #ackInLogAt} of an acknowledgement that Kafka does not have. */
        static final long NEVER = Long.MAX_VALUE;

        final EdgeSession session;
        boolean received;
        boolean ackTaken;
        long ackInLogAt = NEVER;

        Sent(EdgeSession session) {
            this.session = session;
        }
    }

    Story(DeviceId device, long offset, long acceptedAtMs, long ttlMs) {
        this.device = device;
        this.offset = offset;
        this.acceptedAtMs = acceptedAtMs;
        this.ttlMs = ttlMs;
    }

    @Nullable Sent sentIn(EdgeSession session) {
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
        return "message "
                + offset
                + " of "
                + device
                + (settled == null ? " without a receipt" : " " + settled.outcome())
                + (received ? ", received" : ", not received")
                + ", sent in "
                + sends.stream().map(sent -> sent.session.id().toString()).toList();
    }
}
