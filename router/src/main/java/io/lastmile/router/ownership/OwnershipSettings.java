package io.lastmile.router.ownership;

/**
 * What the ownership heart is told of its world.
 *
 * @param partitions of the topics
 * @param heartbeatMs from one scheduled heartbeat of this router to the next
 * @param goneAfter own heartbeats without one of another router, after which that one is gone
 */
public record OwnershipSettings(int partitions, long heartbeatMs, int goneAfter) {}
