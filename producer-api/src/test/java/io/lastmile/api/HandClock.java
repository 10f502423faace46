package io.lastmile.api;

import io.lastmile.node.Clock;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** A clock that a test moves; its nanoseconds overflow soon, as those of a system may. */
public final class HandClock implements Clock {
    private final AtomicLong nowNs = new AtomicLong(Long.MAX_VALUE - 7);

    /** Lets this time pass. */
    public void pass(Duration time) {
        nowNs.addAndGet(time.toNanos());
    }

    @Override
    public long nowMs() {
        return 0;
    }

    @Override
    public long nanoTime() {
        return nowNs.get();
    }
}
