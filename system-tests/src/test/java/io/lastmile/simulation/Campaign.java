package io.lastmile.simulation;

import io.lastmile.wire.BroadcastId;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.record.BroadcastRecord;
import io.lastmile.wire.record.MarkRecord;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** All that happened to one broadcast, as nobody inside the system can know it. */
final class Campaign {
    static final long NEVER = Long.MAX_VALUE;

    final BroadcastId id;
    final BroadcastRecord.Post post;

    /** By the clock of the broker that took it. */
    final long acceptedAtMs;

    /** How far each partition of messages went when it was posted. */
    final long[] messagesEnds;

    /** Where the first record stands that takes it back. */
    long cancelledAt = NEVER;

    /** Where, in each partition of inbox, an owner first says that it has passed that record. */
    final long[] cancelInInboxAt;

    /** Whether retention has taken its body. */
    boolean isGone;

    /** Its mark, by partition. */
    final Map<Integer, Marked> marks = new TreeMap<>();

    /** It in one partition. */
    static final class Marked {
        final Campaign campaign;
        final long offset;
        final MarkRecord mark;

        /** What a producer has copied says nothing. */
        final boolean isCopied;

        /** The members' own; null as long as no owner can have read the mark. */
        @Nullable Map<DeviceId, Story> copies;

        final Map<Integer, DeviceId> deviceByNumber = new HashMap<>();

        /** Where inbox first says how it stands, and that it has an ending; offsets there. */
        boolean hasState;

        long endingInInboxAt = NEVER;

        Marked(Campaign campaign, long offset, MarkRecord mark, boolean isCopied) {
            this.campaign = campaign;
            this.offset = offset;
            this.mark = mark;
            this.isCopied = isCopied;
            if (isCopied) {
                copies = new LinkedHashMap<>();
            }
        }

        @Override
        public String toString() {
            return "mark of " + campaign.id + " at " + offset;
        }
    }

    Campaign(BroadcastId id, BroadcastRecord.Post post, long acceptedAtMs, long[] messagesEnds) {
        this.id = id;
        this.post = post;
        this.acceptedAtMs = acceptedAtMs;
        this.messagesEnds = messagesEnds;
        this.cancelInInboxAt = new long[messagesEnds.length];
        Arrays.fill(cancelInInboxAt, NEVER);
    }

    long ttlMs() {
        long ttlSeconds = post.message().ttlSeconds();
        return ttlSeconds < 0 ? World.TTL_DEFAULT_MS : ttlSeconds * 1_000;
    }

    @Override
    public String toString() {
        return "broadcast " + id + " to " + post.audience();
    }
}
