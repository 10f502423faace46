package io.lastmile.api.spans;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The trace contexts of messages that are not settled yet, by place in the log: so many, of which
 * the oldest give way. One thread.
 */
final class Contexts {
    private record Place(int partition, long offset) {}

    private final int contextsMax;
    private final Map<Place, TraceParent> byPlace = new LinkedHashMap<>();

    Contexts(int contextsMax) {
        this.contextsMax = contextsMax;
    }

    /**
     * Keeps one until the message is settled.
     *
     * @return whether an older one had to give way
     */
    boolean put(int partition, long offset, TraceParent context) {
        byPlace.put(new Place(partition, offset), context);
        if (byPlace.size() <= contextsMax) {
            return false;
        }
        byPlace.remove(byPlace.keySet().iterator().next());
        return true;
    }

    /** Forgets it and tells it; null where there is none. */
    @Nullable TraceParent take(int partition, long offset) {
        return byPlace.remove(new Place(partition, offset));
    }

    /** Partitions come and go with the members of the group. */
    void forget(int partition) {
        byPlace.keySet().removeIf(place -> place.partition == partition);
    }

    int size() {
        return byPlace.size();
    }
}
