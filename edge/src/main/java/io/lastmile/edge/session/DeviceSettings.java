package io.lastmile.edge.session;

/**
 * The bounds of devices' connections.
 *
 * @param windowMessages the most that a device is given unacknowledged
 * @param ackDeadlineMs how long a device may have a message and not acknowledge it
 * @param packetBytesMax the longest packet taken from a device
 * @param keepAliveMaxSeconds the longest keep alive, and that of MQTT 5 devices which ask for none
 * @param hold how long what is not urgent may wait
 * @param channels what they may do about channels
 */
public record DeviceSettings(
        int windowMessages,
        long ackDeadlineMs,
        int packetBytesMax,
        int keepAliveMaxSeconds,
        Connects connects,
        HoldSettings hold,
        ChannelSettings channels) {
    /** Without channels. */
    public DeviceSettings(
            int windowMessages,
            long ackDeadlineMs,
            int packetBytesMax,
            int keepAliveMaxSeconds,
            Connects connects,
            HoldSettings hold) {
        this(
                windowMessages,
                ackDeadlineMs,
                packetBytesMax,
                keepAliveMaxSeconds,
                connects,
                hold,
                ChannelSettings.OFF);
    }

    /**
     * Who may connect.
     *
     * @param devicesMax connected devices
     * @param perSecond CONNECTs that are taken, of all devices together
     * @param failuresMax of one device id from one address within a minute, by who is not that
     *     device
     * @param bytesMax the longest CONNECT
     * @param deadlineMs from accept to CONNECT
     */
    public record Connects(
            int devicesMax, int perSecond, int failuresMax, int bytesMax, long deadlineMs) {}
}
