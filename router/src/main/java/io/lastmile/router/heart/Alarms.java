package io.lastmile.router.heart;

import java.util.Arrays;

/**
 * When to look at which device: a binary heap of times and handles in two arrays. An alarm is not
 * taken back; whoever is woken finds out whether it still counts.
 */
final class Alarms {
    /** Says whether an alarm still counts. */
    interface Check {
        boolean counts(long timeMs, int handle);
    }

    /** Hears that a device's time has come. */
    interface Listener {
        void due(long timeMs, int handle);
    }

    private long[] timesMs = new long[16];
    private int[] handles = new int[16];
    private int size;

    void add(long timeMs, int handle) {
        if (size == timesMs.length) {
            timesMs = Arrays.copyOf(timesMs, size * 2);
            handles = Arrays.copyOf(handles, size * 2);
        }
        timesMs[size] = timeMs;
        handles[size] = handle;
        rise(size++);
    }

    /** Takes out, and hands out, each alarm whose time has come, at most so many. */
    void takeDue(long nowMs, int most, Listener listener) {
        for (int taken = 0; taken < most && size > 0 && timesMs[0] <= nowMs; taken++) {
            long timeMs = timesMs[0];
            int handle = handles[0];
            size--;
            move(size, 0);
            sink(0);
            listener.due(timeMs, handle);
        }
    }

    /** Forgets the alarms that do not count any more. */
    void prune(Check check) {
        int kept = 0;
        for (int i = 0; i < size; i++) {
            if (check.counts(timesMs[i], handles[i])) {
                move(i, kept++);
            }
        }
        size = kept;
        if (size < timesMs.length / 4) {
            timesMs = Arrays.copyOf(timesMs, Math.max(16, timesMs.length / 2));
            handles = Arrays.copyOf(handles, timesMs.length);
        }
        for (int i = size / 2 - 1; i >= 0; i--) {
            sink(i);
        }
    }

    int size() {
        return size;
    }

    private void rise(int from) {
        int at = from;
        while (at > 0 && timesMs[at] < timesMs[(at - 1) / 2]) {
            swap(at, (at - 1) / 2);
            at = (at - 1) / 2;
        }
    }

    private void sink(int from) {
        int at = from;
        while (true) {
            int least = at;
            int left = 2 * at + 1;
            if (left < size && timesMs[left] < timesMs[least]) {
                least = left;
            }
            if (left + 1 < size && timesMs[left + 1] < timesMs[least]) {
                least = left + 1;
            }
            if (least == at) {
                return;
            }
            swap(at, least);
            at = least;
        }
    }

    private void swap(int a, int b) {
        long timeMs = timesMs[a];
        int handle = handles[a];
        move(b, a);
        timesMs[b] = timeMs;
        handles[b] = handle;
    }

    private void move(int from, int to) {
        timesMs[to] = timesMs[from];
        handles[to] = handles[from];
    }
}
