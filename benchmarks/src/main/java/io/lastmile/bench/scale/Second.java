package io.lastmile.bench.scale;

/**
 * How things stand at the end of a second; the rates are of that second.
 *
 * @param online devices that the routers can reach
 * @param away the others
 * @param connects taken by the edges
 * @param refused told to come again later
 * @param delivered messages
 * @param parked messages for those who are away
 * @param queued messages for devices that are online, waiting for a router
 */
public record Second(
        int at,
        double online,
        double away,
        double connects,
        double refused,
        double delivered,
        double parked,
        double queued) {}
