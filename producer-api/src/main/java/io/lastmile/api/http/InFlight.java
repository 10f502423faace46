package io.lastmile.api.http;

import java.util.concurrent.Semaphore;

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
        free = new Semaphore(bytesMax);
    }

    /** Takes room for so many bytes; false where there is none. */
    boolean take(int bytes) {
        return free.tryAcquire(bytes);
    }

    /** Gives the room back. */
    void give(int bytes) {
        free.release(bytes);
    }

    /** Bytes that are taken. */
    public long bytes() {
        return (long) bytesMax - free.availablePermits();
    }
}
