package io.lastmile.wire;

/**
 * Which partition a device lives in: murmur2 of its id, as Kafka's own default partitioner does it,
 * so that any Kafka producer with the same key puts its record into the same place.
 */
public final class Partitions {
    private Partitions() {}

    /** The partition of a device among {@code count} of them, 0 to count - 1. */
    public static int of(DeviceId device, int count) {
        return of(device.bytes(), count);
    }

    /** The partition of a record key among {@code count} of them, 0 to count - 1. */
    public static int of(byte[] key, int count) {
        return (murmur2(key) & 0x7fffffff) % count;
    }

    /**
     * 32-bit MurmurHash2 with the seed that Kafka uses (Austin Appleby, public domain algorithm).
     */
    static int murmur2(byte[] data) {
        final int m = 0x5bd1e995;
        int length = data.length;
        int h = 0x9747b28c ^ length;
        int words = length / 4;
        for (int i = 0; i < words; i++) {
            int at = i * 4;
            int k =
                    (data[at] & 0xff)
                            | (data[at + 1] & 0xff) << 8
                            | (data[at + 2] & 0xff) << 16
                            | (data[at + 3] & 0xff) << 24;
            k *= m;
            k ^= k >>> 24;
            k *= m;
            h = h * m ^ k;
        }
        int tail = words * 4;
        int left = length - tail;
        if (left == 3) {
            h ^= (data[tail + 2] & 0xff) << 16;
        }
        if (left >= 2) {
            h ^= (data[tail + 1] & 0xff) << 8;
        }
        if (left >= 1) {
            h ^= data[tail] & 0xff;
            h *= m;
        }
        h ^= h >>> 13;
        h *= m;
        h ^= h >>> 15;
        return h;
    }
}
