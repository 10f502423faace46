package io.lastmile.router.kafka;

import io.lastmile.node.Metrics;
import io.lastmile.node.kafka.SetAside;
import io.lastmile.wire.record.Topic;
import java.nio.ByteBuffer;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Records of a partition's state that a claim cannot read, and that no owner wrote: somebody else
 * did. The claim goes on without them, and has them go to rejects. A key that is none of an owner's
 * gets a tombstone with that, or compaction would keep it for every later claim. A key that is one
 * keeps what is there: a value of the owner's may stand before it, and its next one replaces both.
 *
 * <p>Bounded: what is too much for one claim stays for the next. One thread.
 */
final class Quarantine {
    private static final int RECORDS_MAX = 1_000;
    private static final long BYTES_MAX = 8L << 20;

    private final Map<Place, Unreadable> byPlace = new LinkedHashMap<>();
    private final Map<Topic, SetAside> asides = new EnumMap<>(Topic.class);
    private final Metrics metrics;
    private long bytes;

    private record Place(Topic topic, ByteBuffer key) {}

    /**
     * One of them.
     *
     * @param hasOwnersKey whether the key is one that owners write
     */
    record Unreadable(
            Topic topic,
            ConsumerRecord<byte[], byte[]> record,
            boolean hasOwnersKey,
            String reason) {}

    /** None yet. */
    Quarantine(Metrics metrics) {
        this.metrics = metrics;
    }

    /** A later record of the key: what stood there before is over. */
    void passed(Topic topic, byte[] key) {
        if (!byPlace.isEmpty()) {
            Unreadable before = byPlace.remove(new Place(topic, ByteBuffer.wrap(key)));
            if (before != null) {
                bytes -= bytes(before.record);
            }
        }
    }

    /** One more, with what its reading threw. */
    void add(
            Topic topic,
            ConsumerRecord<byte[], byte[]> record,
            boolean hasOwnersKey,
            RuntimeException cause) {
        asides.computeIfAbsent(topic, its -> new SetAside(its, metrics)).add(record, cause);
        long more = bytes(record);
        if (record.key() == null || byPlace.size() >= RECORDS_MAX || bytes + more > BYTES_MAX) {
            return;
        }
        bytes += more;
        byPlace.put(
                new Place(topic, ByteBuffer.wrap(record.key())),
                new Unreadable(topic, record, hasOwnersKey, String.valueOf(cause.getMessage())));
    }

    private static long bytes(ConsumerRecord<byte[], byte[]> record) {
        return length(record.key()) + length(record.value());
    }

    private static long length(byte @Nullable [] part) {
        return part == null ? 0 : part.length;
    }

    /** Those that are left when everything has been read. */
    List<Unreadable> all() {
        return List.copyOf(byPlace.values());
    }
}
