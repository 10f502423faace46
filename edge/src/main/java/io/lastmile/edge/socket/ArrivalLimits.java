package io.lastmile.edge.socket;

/**
 * How many connections may be on their way from accept to the answer to their CONNECT.
 *
 * @param acceptsPerSecond the rest waits in the kernel's queue
 * @param arrivingMax at once; the rest waits in the kernel's queue
 * @param arrivingOfOriginMax at once from one address (IPv6: network of 64 bits); more are closed
 */
public record ArrivalLimits(int acceptsPerSecond, int arrivingMax, int arrivingOfOriginMax) {}
