package io.lastmile.api.http;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * How many bytes of bodies are being read, or on their way to Kafka, at once. Beyond the bound
 * requests are refused rather than queued. Any thread.
 */
public final class InFlight {
    private final int bytesMax;
    private final Semaphore free;

    /** Room for so many bytes. */
    public InFlight(int bytesMax) {
        this.bytesMax = bytesMax;
        free = new Semaphore(bytesMax, true);
    }

    /** Takes room for so many bytes; false where there is none. */
    boolean take(int bytes) {
        return free.tryAcquire(bytes);
    }

    /** Takes room for so many bytes as soon as there is; false where there was none in time. */
    boolean await(int bytes, Duration within) throws InterruptedException {
        return free.tryAcquire(bytes, within.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Gives the room back. */
    void give(int bytes) {
        free.release(bytes);
    }

    /** Bytes that there is room for. */
    int bytesMax() {
        return bytesMax;
    }

    /** Bytes that are taken. */
    public long bytes() {
        return (long) bytesMax - free.availablePermits();
    }
}
