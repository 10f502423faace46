package io.lastmile.bench.stadium;

/** What a process of the benchmark can be told to do, each with one number. */
enum Order {
    /** A crowd: connect all devices to the port on loopback. */
    CONNECT,
    /** A crowd: forget who was given what, and expect the wave of that number. */
    EXPECT,
    /** A crowd: the same, of a wave in which all devices are given the same message. */
    EXPECT_BROADCAST,
    /** A crowd: tell when each device was given its message of the wave. */
    TELL_TIMES,
    /** A crowd: tell how often a device was given something twice or not its own. */
    TELL_AGAIN,
    /** A crowd: close all connections. */
    LEAVE,
    /** A bare server: send the wave of that number, and wait until all is acknowledged. */
    FAN_OUT
}
