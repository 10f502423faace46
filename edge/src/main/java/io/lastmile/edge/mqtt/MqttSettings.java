package io.lastmile.edge.mqtt;

import java.time.Duration;

/**
 * The bounds of MQTT connections.
 *
 * @param partitions of the topics
 * @param windowMessages the most that a device is given unacknowledged
 * @param ackDeadline how long a device may have a message and not acknowledge it
 * @param packetBytesMax the longest packet taken from a device
 * @param connectDeadline from accept to CONNECT
 * @param keepAliveMax the longest keep alive, and that of MQTT 5 devices which ask for none
 * @param connectionsMax connected devices
 * @param connectBytesMax the longest CONNECT
 * @param connectsPerSecond CONNECTs that are taken, of all devices together
 * @param failuresMax of one device id from one address within a minute, by who is not that device
 * @param hold how long what is not urgent may wait
 */
public record MqttSettings(
        int partitions,
        int windowMessages,
        Duration ackDeadline,
        int packetBytesMax,
        Duration connectDeadline,
        Duration keepAliveMax,
        int connectionsMax,
        int connectBytesMax,
        int connectsPerSecond,
        int failuresMax,
        HoldSettings hold) {}
