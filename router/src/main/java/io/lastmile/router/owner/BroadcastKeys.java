package io.lastmile.router.owner;

import io.lastmile.wire.Audience;
import io.lastmile.wire.BroadcastId;
import io.lastmile.wire.record.BroadcastFacts;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The idempotency keys of broadcasts: one repeats another where that has the same audience and key,
 * stands before it, and was appended less than a window before. So it is the same for everybody who
 * has read a window before it, whenever that was. One thread.
 */
public final class BroadcastKeys {
    private static final int KEYS_MAX = 50_000;

    private final long windowMs;
    private final Map<Key, TreeMap<Long, Long>> appendedMsById = new LinkedHashMap<>();

    private record Key(Audience.Term audience, String key) {}

    /**
     * No keys.
     *
     * @param windowMs how long a key counts, by the broker's append time
     */
    public BroadcastKeys(long windowMs) {
        this.windowMs = windowMs;
    }

    /** The next broadcast, or one that was read before; says which one it repeats. */
    public Optional<BroadcastId> repeated(BroadcastFacts facts) {
        String text = facts.idempotencyKey();
        if (text == null) {
            return Optional.empty();
        }
        Key key = new Key(facts.audience().root(), text);
        TreeMap<Long, Long> known = appendedMsById.remove(key);
        TreeMap<Long, Long> appended = known == null ? new TreeMap<>() : known;
        appendedMsById.put(key, appended); // at the end of the line
        appended.put(facts.id().offset(), facts.acceptedAtMs());
        appended.values().removeIf(atMs -> atMs < facts.acceptedAtMs() - 2 * windowMs);
        if (appendedMsById.size() > KEYS_MAX) {
            appendedMsById.remove(appendedMsById.keySet().iterator().next());
        }
        Map.Entry<Long, Long> before = appended.lowerEntry(facts.id().offset());
        return before != null && facts.acceptedAtMs() - before.getValue() < windowMs
                ? Optional.of(new BroadcastId(before.getKey()))
                : Optional.empty();
    }

    /** Takes back what was taken back: the next one with its key repeats nothing. */
    public void cancelled(BroadcastId id) {
        appendedMsById.values().forEach(appended -> appended.remove(id.offset()));
    }
}
