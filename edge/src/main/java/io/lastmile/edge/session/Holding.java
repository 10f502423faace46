package io.lastmile.edge.session;

import java.util.concurrent.atomic.AtomicLong;

/**
 * How long what is not urgent waits for the device's next own packet, so that a sleeping radio
 * wakes once for both (RFC 8030, section 5.3). All that is held in an edge has a bound: over it
 * messages go out at once. Any thread.
 */
public final class Holding {
    /** The next look is a sweep, about a second away. */
    private static final int SWEEP_MS = 1_000;

    private final HoldSettings settings;
    private final AtomicLong messages = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();

    /** Nothing is held yet. */
    public Holding(HoldSettings settings) {
        this.settings = settings;
    }

    /** How many messages are held. */
    public long messages() {
        return messages.get();
    }

    /** Their payloads together. */
    public long bytes() {
        return bytes.get();
    }

    /** For how many milliseconds this may be held; 0 for not at all. */
    long boundMs(Given one) {
        long boundMs =
                switch (one.message().urgency()) {
                    case VERY_LOW -> settings.veryLowMs();
                    case LOW -> settings.lowMs();
                    case NORMAL -> settings.normalMs();
                    case HIGH -> 0;
                };
        long untilExpiryMs = Math.min(boundMs, one.expiresInMs()) - SWEEP_MS;
        return Math.max(0, untilExpiryMs);
    }

    /** Whether there is room for it, which then is taken. */
    boolean take(Given one) {
        int length = one.message().payload().length();
        if (bytes.addAndGet(length) > settings.bytesMax()) {
            bytes.addAndGet(-length);
            return false;
        }
        messages.incrementAndGet();
        return true;
    }

    void giveBack(Given one) {
        bytes.addAndGet(-one.message().payload().length());
        messages.decrementAndGet();
    }
}
