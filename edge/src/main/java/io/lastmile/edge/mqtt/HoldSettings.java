package io.lastmile.edge.mqtt;

import java.time.Duration;

/**
 * How long messages may wait for the device's next own packet, by their urgency; urgent ones never
 * do.
 *
 * @param bytesMax payloads held in the whole edge; over it nothing more is held
 */
public record HoldSettings(Duration veryLow, Duration low, Duration normal, long bytesMax) {
    /** Nothing is held. */
    public static final HoldSettings NOTHING =
            new HoldSettings(Duration.ZERO, Duration.ZERO, Duration.ZERO, 0);
}
