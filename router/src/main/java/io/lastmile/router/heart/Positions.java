package io.lastmile.router.heart;

import io.lastmile.wire.record.CheckpointRecord.BroadcastsRead;
import java.util.Arrays;

/**
 * How far an owner has come: everything below the watermark is settled or parked, everything in
 * {@code settledAbove} is settled too, events are read to {@code eventsPosition}.
 */
public final class Positions {
    private final long watermark;
    private final long eventsPosition;
    private final BroadcastsRead broadcasts;
    private final long[] settledAbove;

    /**
     * Positions.
     *
     * @param broadcasts how far broadcasts are read
     * @param settledAbove offsets at or above the watermark that are settled, rising; given away
     */
    public Positions(
            long watermark, long eventsPosition, BroadcastsRead broadcasts, long[] settledAbove) {
        this.watermark = watermark;
        this.eventsPosition = eventsPosition;
        this.broadcasts = broadcasts;
        this.settledAbove = settledAbove;
    }

    /** The lowest offset of messages that is neither settled nor parked. */
    public long watermark() {
        return watermark;
    }

    /** The next offset of events to be read. */
    public long eventsPosition() {
        return eventsPosition;
    }

    /** How far broadcasts are read. */
    public BroadcastsRead broadcasts() {
        return broadcasts;
    }

    /** Settled offsets at or above the watermark, rising; not to be changed. */
    public long[] settledAbove() {
        return settledAbove;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Positions that
                && watermark == that.watermark
                && eventsPosition == that.eventsPosition
                && broadcasts.equals(that.broadcasts)
                && Arrays.equals(settledAbove, that.settledAbove);
    }

    @Override
    public int hashCode() {
        return Long.hashCode(watermark) * 31 + Long.hashCode(eventsPosition);
    }

    @Override
    public String toString() {
        return "watermark="
                + watermark
                + " events="
                + eventsPosition
                + " "
                + broadcasts
                + " settledAbove="
                + Arrays.toString(settledAbove);
    }
}
