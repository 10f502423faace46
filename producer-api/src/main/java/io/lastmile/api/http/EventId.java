package io.lastmile.api.http;

import java.util.Base64;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The id of an event of a stream: the place in each partition that the stream had come to. It is
 * never longer than {@link #LENGTH_MAX} characters, whatever the number of partitions, since it
 * comes back in the head of a request.
 *
 * <p>Where it is short it says {@code 3-1044,4-17}: partition and offset. With many partitions it
 * is packed, {@code ~} and base 64 (RFC 4648, section 5) of: the lowest offset (8 bytes), how many
 * bits were cut off each (1), how many bits each has (1), and by partition, from 0, what its offset
 * is above the lowest. Bits are cut off only where it would be too long, with 1,024 partitions
 * where the offsets are more than 8 million apart. Then it names places a little earlier, and what
 * is in between comes again.
 */
final class EventId {
    static final int LENGTH_MAX = 4_096;

    /** A longer one is packed. */
    private static final int TEXT_LENGTH_MAX = 1_024;

    private static final char PACKED = '~';
    private static final int HEAD_BYTES = Long.BYTES + 2;
    private static final int BYTES_MAX = (LENGTH_MAX - 1) / 4 * 3;

    private EventId() {}

    /** The id of these offsets by partition. */
    static String of(Map<Integer, Long> positions) {
        String text =
                new TreeMap<>(positions)
                        .entrySet().stream()
                                .map(position -> position.getKey() + "-" + position.getValue())
                                .collect(Collectors.joining(","));
        return text.length() <= TEXT_LENGTH_MAX
                ? text
                : PACKED + packed(new TreeMap<>(positions).values());
    }

    /** Those of all partitions, in their order: a stream of one is never so long. */
    private static String packed(Collection<Long> offsets) {
        long lowest = offsets.stream().mapToLong(Long::longValue).min().orElseThrow();
        long highest = offsets.stream().mapToLong(Long::longValue).max().orElseThrow();
        int needed = Long.SIZE - Long.numberOfLeadingZeros(highest - lowest);
        int bits = Math.min(needed, (BYTES_MAX - HEAD_BYTES) * Byte.SIZE / offsets.size());
        int cutOff = needed - bits;
        byte[] bytes = new byte[HEAD_BYTES + (bits * offsets.size() + Byte.SIZE - 1) / Byte.SIZE];
        put(bytes, 0, Long.SIZE, lowest);
        put(bytes, Long.SIZE, Byte.SIZE, cutOff);
        put(bytes, Long.SIZE + Byte.SIZE, Byte.SIZE, bits);
        int at = HEAD_BYTES * Byte.SIZE;
        for (long offset : offsets) {
            put(bytes, at, bits, (offset - lowest) >> cutOff);
            at += bits;
        }
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /**
     * Offsets by partition; none of an empty id.
     *
     * @throws IllegalArgumentException where it is no id of a stream of so many partitions
     */
    static Map<Integer, Long> parse(String id, int partitions) {
        Map<Integer, Long> positions = new TreeMap<>();
        if (id.isEmpty()) {
            return positions;
        }
        if (id.charAt(0) == PACKED) {
            unpack(Base64.getUrlDecoder().decode(id.substring(1)), partitions, positions);
            return positions;
        }
        for (String position : id.split(",", -1)) {
            int dash = position.indexOf('-');
            put(
                    positions,
                    Integer.parseInt(position.substring(0, Math.max(0, dash))),
                    Long.parseLong(position.substring(dash + 1)),
                    partitions);
        }
        return positions;
    }

    private static void unpack(byte[] bytes, int partitions, Map<Integer, Long> positions) {
        if (bytes.length < HEAD_BYTES) {
            throw new IllegalArgumentException("too short");
        }
        long lowest = at(bytes, 0, Long.SIZE);
        int cutOff = (int) at(bytes, Long.SIZE, Byte.SIZE);
        int bits = (int) at(bytes, Long.SIZE + Byte.SIZE, Byte.SIZE);
        long length = HEAD_BYTES + ((long) bits * partitions + Byte.SIZE - 1) / Byte.SIZE;
        if (cutOff + bits >= Long.SIZE || bytes.length != length) {
            throw new IllegalArgumentException("of another number of partitions");
        }
        for (int partition = 0; partition < partitions; partition++) {
            long above = at(bytes, HEAD_BYTES * Byte.SIZE + partition * bits, bits) << cutOff;
            put(positions, partition, lowest + above, partitions);
        }
    }

    private static void put(
            Map<Integer, Long> positions, int partition, long offset, int partitions) {
        if (partition < 0 || partition >= partitions || offset < 0) {
            throw new IllegalArgumentException("no such place");
        }
        positions.put(partition, offset);
    }

    private static void put(byte[] bytes, int from, int bits, long value) {
        for (int i = 0; i < bits; i++) {
            if ((value >> (bits - 1 - i) & 1) != 0) {
                bytes[(from + i) / Byte.SIZE] |= (byte) (0x80 >> (from + i) % Byte.SIZE);
            }
        }
    }

    private static long at(byte[] bytes, int from, int bits) {
        long value = 0;
        for (int i = 0; i < bits; i++) {
            int bit = bytes[(from + i) / Byte.SIZE] >> (7 - (from + i) % Byte.SIZE) & 1;
            value = value << 1 | bit;
        }
        return value;
    }
}
