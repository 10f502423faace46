package io.lastmile.edge.session;

/**
 * What devices may do about channels.
 *
 * @param durable whether a membership outlives its session, where a SUBSCRIBE does not say
 * @param perDevice the most channels of one connection
 */
public record ChannelSettings(Subscribing subscribing, boolean durable, int perDevice) {
    /** Devices are members only where others make them so. */
    public static final ChannelSettings OFF = new ChannelSettings(Subscribing.OFF, false, 0);

    /** Who may subscribe to a channel. */
    public enum Subscribing {
        /** Nobody, and tokens do not join channels either. */
        OFF,
        /** A device whose token names the channel. */
        TOKEN,
        /** Every device, every channel. */
        ANY
    }
}
