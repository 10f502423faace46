package io.lastmile.bench.load;

import java.net.InetSocketAddress;

/**
 * How a device of the load client behaves.
 *
 * @param edge that it connects to
 * @param mqtt5 else 3.1.1
 * @param filter that it subscribes to
 * @param qos that it asks for, 0 or 1
 * @param ackAfterMs how long it takes to acknowledge: 0 at once, {@link #NEVER} not at all
 * @param keepAliveSeconds that it promises, 0 for none; it does not ping
 */
public record DeviceOptions(
        InetSocketAddress edge,
        boolean mqtt5,
        String filter,
        int qos,
        long ackAfterMs,
        int keepAliveSeconds) {
    /** Acknowledges nothing. */
    public static final long NEVER = -1;

    /** MQTT 5, subscribed to {@code inbox/+} at QoS 1, acknowledging at once, no keepalive. */
    public static DeviceOptions at(InetSocketAddress edge) {
        return new DeviceOptions(edge, true, "inbox/+", 1, 0, 0);
    }

    /** The same with another time until it acknowledges. */
    public DeviceOptions ackAfterMs(long ms) {
        return new DeviceOptions(edge, mqtt5, filter, qos, ms, keepAliveSeconds);
    }

    /** The same in MQTT 3.1.1. */
    public DeviceOptions mqtt311() {
        return new DeviceOptions(edge, false, filter, qos, ackAfterMs, keepAliveSeconds);
    }

    /** The same at another edge. */
    public DeviceOptions edge(InetSocketAddress other) {
        return new DeviceOptions(other, mqtt5, filter, qos, ackAfterMs, keepAliveSeconds);
    }
}
