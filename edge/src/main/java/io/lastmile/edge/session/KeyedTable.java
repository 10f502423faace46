package io.lastmile.edge.session;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Objects by a key that each of them knows itself: an array with some five to eight bytes for each,
 * where a map of the JDK takes a node, and a box for a number, of forty. Any thread; every call
 * holds the table's lock for a moment.
 */
public final class KeyedTable<K, V> {
    private static final int ROOM_MIN = 8;

    private final Function<V, K> keyOf;
    private @Nullable Object[] places = new @Nullable Object[ROOM_MIN];
    private int size;

    /** An empty one. */
    public KeyedTable(Function<V, K> keyOf) {
        this.keyOf = keyOf;
    }

    /** The object with this key. */
    public synchronized @Nullable V find(K key) {
        return at(place(key));
    }

    /**
     * Puts it in.
     *
     * @return the one that had its key before
     */
    public synchronized @Nullable V put(V value) {
        if (4L * (size + 1) > 3L * places.length) {
            grow();
        }
        int place = place(keyOf.apply(value));
        V before = at(place);
        places[place] = value;
        if (before == null) {
            size++;
        }
        return before;
    }

    /** Takes it out, if it is in: another one with the same key stays. */
    @SuppressWarnings("ReferenceEquality") // this very object is meant
    public synchronized void remove(V value) {
        int place = place(keyOf.apply(value));
        if (places[place] != value) {
            return;
        }
        places[place] = null;
        size--;
        // Whoever stood behind it because its place was taken moves up: a search ends at a gap.
        for (int i = next(place); places[i] != null; i = next(i)) {
            V moving = at(i);
            places[i] = null;
            if (moving != null) {
                places[place(keyOf.apply(moving))] = moving;
            }
        }
    }

    /** All, as they are now. */
    public synchronized List<V> all() {
        List<V> all = new ArrayList<>(size);
        for (int i = 0; i < places.length; i++) {
            V value = at(i);
            if (value != null) {
                all.add(value);
            }
        }
        return all;
    }

    /** How many there are. */
    public synchronized int size() {
        return size;
    }

    /** Where the key is, or the gap where it belongs. */
    private int place(K key) {
        int place = first(key);
        for (V there = at(place); there != null; there = at(place)) {
            if (keyOf.apply(there).equals(key)) {
                return place;
            }
            place = next(place);
        }
        return place;
    }

    private int first(K key) {
        int spread = key.hashCode() * 0x9E3779B9; // keys that differ little are far apart
        return (int) (((spread & 0xFFFFFFFFL) * places.length) >>> 32);
    }

    private int next(int place) {
        return place + 1 == places.length ? 0 : place + 1;
    }

    @SuppressWarnings("unchecked") // only put() writes to it
    private @Nullable V at(int place) {
        return (V) places[place];
    }

    private void grow() {
        List<V> all = all();
        places = new @Nullable Object[Math.addExact(places.length, places.length / 2)];
        for (V value : all) {
            places[place(keyOf.apply(value))] = value;
        }
    }
}
