package io.lastmile.node.kafka;

import io.lastmile.node.Clock;
import java.util.concurrent.atomic.AtomicLong;

/** A clock that a test sets. */
final class HandClock implements Clock {
    private final AtomicLong nowMs = new AtomicLong(1_000_000);

    void advanceMs(long ms) {
        nowMs.addAndGet(ms);
    }

    @Override
    public long nowMs() {
        return nowMs.get();
    }

    @Override
    public long nanoTime() {
        return nowMs.get() * 1_000_000;
    }
}
