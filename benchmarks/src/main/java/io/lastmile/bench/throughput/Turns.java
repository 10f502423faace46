package io.lastmile.bench.throughput;

/**
 * The messages of one of several senders: it has devices of its own and sends each of them one in
 * turn, so that the numbers that a device gets rise. One thread.
 */
final class Turns {
    private final int first;
    private final int step;
    private final int end;
    private final int devices;
    private int device;
    private long row;

    /**
     * Before the first message of one of several senders that share all devices.
     *
     * @param sender from 0
     * @param row that no number of before is in
     */
    Turns(int sender, int senders, int devices, long row) {
        this(sender, senders, devices, devices, row);
    }

    /**
     * Before the first message of one that has some devices only.
     *
     * @param first of its devices
     * @param step from one of its devices to its next
     * @param end behind its last
     * @param devices in all
     * @param row that no number of before is in
     */
    Turns(int first, int step, int end, int devices, long row) {
        this.first = first;
        this.step = step;
        this.end = end;
        this.devices = devices;
        this.device = first - step;
        this.row = row;
    }

    /** Goes on to the next message. */
    void next() {
        device += step;
        if (device >= end) {
            device = first;
            row++;
        }
    }

    int device() {
        return device;
    }

    /** Of the message: its device and its row. */
    long number() {
        return row * devices + device;
    }

    /** The first row that nobody has sent anything of. */
    long nextRow() {
        return row + 1;
    }
}
