package io.lastmile.bench.edge;

import io.lastmile.wire.DeviceId;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Devices that behave alike, numbered from 0. Every id is exactly {@link #ID_BYTES} long, so that
 * figures of memory can be compared.
 *
 * @param prefix that their ids begin with, different from that of every other group
 * @param acknowledges whether they acknowledge what they are given, at once; otherwise never
 */
public record DeviceGroup(String prefix, int count, boolean acknowledges) {
    /** The length of every id. */
    public static final int ID_BYTES = 20;

    private static final int PREFIX_MAX = ID_BYTES - Integer.toString(Integer.MAX_VALUE).length();

    /**
     * @throws IllegalArgumentException where the prefix leaves no room for the number
     */
    public DeviceGroup {
        if (prefix.length() > PREFIX_MAX || count < 0) {
            throw new IllegalArgumentException(
                    "prefix of at most " + PREFIX_MAX + " characters, 0 or more devices");
        }
    }

    /** The id of one of them. */
    public DeviceId id(int number) {
        String digits = Integer.toString(number);
        return new DeviceId(
                prefix + "0".repeat(ID_BYTES - prefix.length() - digits.length()) + digits);
    }

    /** The ids of so many of them, spread over the whole group. */
    public List<DeviceId> sample(int most) {
        int size = Math.min(most, count);
        return IntStream.range(0, size).mapToObj(i -> id((int) ((long) i * count / size))).toList();
    }
}
