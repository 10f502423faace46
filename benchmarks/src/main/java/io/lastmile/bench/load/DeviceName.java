package io.lastmile.bench.load;

import java.nio.charset.StandardCharsets;

/** What devices of a benchmark are called: all names are equally long. */
public final class DeviceName {
    private static final String PREFIX = "bench-";
    private static final int DIGITS = 8;

    private DeviceName() {}

    /** The name of a device, from 0. */
    public static String of(int device) {
        return PREFIX + String.format("%0" + DIGITS + "d", device);
    }

    /** The same in bytes, as it stands in a record's key. */
    public static byte[] bytes(int device) {
        byte[] name = (PREFIX + "00000000").getBytes(StandardCharsets.US_ASCII);
        write(device, name, name.length);
        return name;
    }

    /** The number of a device of that name. */
    public static int number(String name) {
        return Integer.parseInt(name, PREFIX.length(), name.length(), 10);
    }

    /** Changes a name that stands somewhere and ends before that place. */
    static void write(int device, byte[] into, int end) {
        int rest = device;
        for (int i = 1; i <= DIGITS; i++) {
            into[end - i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
    }
}
