package io.lastmile.bench.stadium;

/** The number that the payload of a message has. */
final class NumberOf {
    private NumberOf() {}

    /** Of a device's message in a wave: nobody else's, and no other wave's. */
    static long message(int wave, int devices, int device) {
        return (long) wave * devices + device;
    }

    /** Of the broadcast of a wave, which all devices are given. */
    static long broadcast(int wave, int devices) {
        return message(wave, devices, 0);
    }
}
