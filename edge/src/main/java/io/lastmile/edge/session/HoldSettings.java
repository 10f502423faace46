package io.lastmile.edge.session;

/**
 * How long messages may wait for the device's next own packet, by their urgency; urgent ones never
 * do.
 *
 * @param bytesMax payloads held in the whole edge; over it nothing more is held
 */
public record HoldSettings(long veryLowMs, long lowMs, long normalMs, long bytesMax) {
    /** Nothing is held. */
    public static final HoldSettings NOTHING = new HoldSettings(0, 0, 0, 0);
}
