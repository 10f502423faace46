package io.lastmile.api.kafka;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.lastmile.api.kafka.Traces.RefusedTraceException;
import io.lastmile.node.kafka.BroadcastReader;
import io.lastmile.wire.Audience;
import io.lastmile.wire.BroadcastId;
import io.lastmile.wire.record.BroadcastRecord;
import java.util.Optional;

/**
 * What the broadcasts topic says of a broadcast, which never changes: the last asked for are kept.
 * Any thread; a question blocks where it has to be read.
 */
public final class BroadcastLog {
    private static final int KEPT_MAX = 1_000; // with conditions at their longest some 3 MB

    private final Traces traces;
    private final Cache<BroadcastId, Known> known =
            Caffeine.newBuilder().maximumSize(KEPT_MAX).build();

    /**
     * A broadcast that was accepted.
     *
     * @param acceptedAtMs the broker's append time, since the epoch
     */
    public record Known(BroadcastId id, Audience audience, long acceptedAtMs) {}

    /** Reads as traces are read, with their bounds. */
    public BroadcastLog(Traces traces) {
        this.traces = traces;
    }

    /** One more was accepted here. */
    public void accepted(Known one) {
        known.put(one.id(), one);
    }

    /**
     * What is known of it; empty where there is none of that id, or not any more.
     *
     * @param caller by whom room to read is shared
     * @throws RefusedTraceException where it cannot be read now
     */
    public Optional<Known> find(BroadcastId id, String caller) throws RefusedTraceException {
        Known kept = known.getIfPresent(id);
        if (kept != null) {
            return Optional.of(kept);
        }
        Optional<BroadcastReader.Read> read = traces.broadcast(id, caller);
        if (read.isPresent() && read.get().record() instanceof BroadcastRecord.Post post) {
            Known found = new Known(id, post.audience(), read.get().acceptedAtMs());
            known.put(id, found);
            return Optional.of(found);
        }
        return Optional.empty();
    }
}
