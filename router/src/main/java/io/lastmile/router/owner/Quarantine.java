package io.lastmile.router.owner;

import io.lastmile.wire.record.Topic;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Records of a partition's state that a claim cannot read, and that no owner wrote: somebody else
 * did. The claim goes on without them, and has them go to rejects. A key that is none of an owner's
 * gets a tombstone with that, or compaction would keep it for every later claim. A key that is one
 * keeps what is there: a value of the owner's may stand before it, and its next one replaces both.
 *
 * <p>Bounded: what is too much for one claim stays for the next. One thread.
 */
final class Quarantine {
    static final int RECORDS_MAX = 1_000;
    private static final long BYTES_MAX = 8L << 20;

    private final Map<Place, Held> heldByPlace = new LinkedHashMap<>();
    private long bytes;

    /** Where the latest record of a key counts. */
    record Place(Topic topic, ByteBuffer key) {
        static Place of(Topic topic, byte[] key) {
            return new Place(topic, ByteBuffer.wrap(key));
        }
    }

    private record Held(Unreadable what, long bytes) {}

    boolean isEmpty() {
        return heldByPlace.isEmpty();
    }

    /** A later record of the key: what stood there before is over. */
    void passed(Place place) {
        Held before = heldByPlace.remove(place);
        if (before != null) {
            bytes -= before.bytes;
        }
    }

    /** One more. */
    void add(byte[] key, byte[] value, Unreadable what) {
        long more = (long) key.length + value.length;
        if (heldByPlace.size() < RECORDS_MAX && bytes + more <= BYTES_MAX) {
            bytes += more;
            heldByPlace.put(Place.of(what.topic(), key), new Held(what, more));
        }
    }

    /** Those that are left when everything has been read. */
    List<Unreadable> all() {
        return heldByPlace.values().stream().map(Held::what).toList();
    }
}
