package io.lastmile.router.heart;

import io.lastmile.wire.BroadcastId;
import io.lastmile.wire.record.BroadcastFacts;
import io.lastmile.wire.record.BroadcastStateRecord;
import io.lastmile.wire.record.OutcomesRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The broadcasts of a partition as a new owner reads them back, record by record: a later record of
 * the same key counts. One thread; the heart that takes it over has it for itself.
 */
public final class RestoredBroadcasts {
    private final int partition;
    private final TreeMap<Long, BroadcastStateRecord> stateByOffset = new TreeMap<>();
    private final TreeMap<BroadcastId, BroadcastFacts> scheduled = new TreeMap<>();
    private final TreeMap<Long, RestoredOutcomes> outcomesByOffset = new TreeMap<>();

    /** None yet, of that partition. */
    public RestoredBroadcasts(int partition) {
        this.partition = partition;
    }

    /** How a broadcast stands; null for a tombstone. */
    public void state(long offset, @Nullable BroadcastStateRecord state) {
        if (state == null) {
            stateByOffset.remove(offset);
        } else {
            stateByOffset.put(offset, state);
        }
    }

    /** Some members of it; null for a tombstone. */
    public void outcomes(long offset, int piece, @Nullable OutcomesRecord outcomes) {
        RestoredOutcomes all =
                outcomesByOffset.computeIfAbsent(offset, _ -> new RestoredOutcomes());
        all.read(piece, outcomes);
        if (all.isEmpty()) {
            outcomesByOffset.remove(offset);
        }
    }

    /** One that waits for its time; null for a tombstone. */
    public void scheduled(BroadcastId id, @Nullable BroadcastFacts facts) {
        if (facts == null) {
            scheduled.remove(id);
        } else {
            scheduled.put(id, facts);
        }
    }

    Map<BroadcastId, BroadcastFacts> scheduled() {
        return scheduled;
    }

    List<Broadcast> all() {
        List<Broadcast> all = new ArrayList<>(stateByOffset.size());
        for (Map.Entry<Long, BroadcastStateRecord> entry : stateByOffset.entrySet()) {
            RestoredOutcomes outcomes = outcomesByOffset.get(entry.getKey());
            all.add(
                    new Broadcast(
                            partition,
                            entry.getKey(),
                            entry.getValue(),
                            outcomes == null ? new RestoredOutcomes() : outcomes));
        }
        return all;
    }
}
