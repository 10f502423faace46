package io.lastmile.simulation;

import io.lastmile.wire.Incarnation;
import io.lastmile.wire.hop.HopFrame;

/**
 * One connection from a router to an edge. Frames arrive in order, after a while; it may stall and
 * it may break. Once it is broken the router hears nothing more from it, but frames that were on
 * their way may still reach the edge, even after the next connection.
 */
final class Hop {
    private final World world;
    private final SimulatedRouter router;
    private final SimulatedEdge edge;
    private final Incarnation incarnation;
    private final long number;
    private boolean open = true;
    private long stalledUntilMs;
    private long lastAtEdgeMs;
    private long lastAtRouterMs;
    private long frontierMs = Long.MAX_VALUE;

    /**
     * A connection that the edge has just accepted.
     *
     * @param number in the order in which the edge accepted
     */
    Hop(
            World world,
            SimulatedRouter router,
            SimulatedEdge edge,
            Incarnation incarnation,
            long number) {
        this.world = world;
        this.router = router;
        this.edge = edge;
        this.incarnation = incarnation;
        this.number = number;
    }

    /** Which life of the edge it leads to. */
    Incarnation incarnation() {
        return incarnation;
    }

    long number() {
        return number;
    }

    boolean isOpen() {
        return open;
    }

    boolean leadsTo(SimulatedEdge candidate) {
        return edge == candidate;
    }

    boolean isStalled() {
        return world.agenda.nowMs() < stalledUntilMs;
    }

    /** Nothing arrives on either side for so long. */
    void stall(long forMs) {
        stalledUntilMs = Math.max(stalledUntilMs, world.agenda.nowMs() + forMs);
    }

    /** The router's side is closed. */
    void cut() {
        open = false;
        long onTheWayMs = Math.max(world.agenda.nowMs(), stalledUntilMs);
        frontierMs = onTheWayMs + world.chance.between(0, 2_000);
    }

    void toEdge(HopFrame.FromRouter frame) {
        if (!open) {
            return;
        }
        lastAtEdgeMs = arrival(lastAtEdgeMs);
        long atMs = lastAtEdgeMs;
        world.agenda.at(
                atMs,
                edge.here(() -> {
                    if (atMs <= frontierMs) {
                        edge.frame(this, frame);
                    }
                }));
    }

    void toRouter(HopFrame.FromEdge frame) {
        lastAtRouterMs = arrival(lastAtRouterMs);
        world.agenda.at(
                lastAtRouterMs,
                router.here(() -> {
                    if (open) {
                        router.frame(this, frame);
                    }
                }));
    }

    private long arrival(long lastMs) {
        long earliest = Math.max(lastMs, stalledUntilMs);
        return Math.max(earliest, world.agenda.nowMs() + world.chance.between(0, 6));
    }

    @Override
    public String toString() {
        return router.name + "=" + number + "=>" + incarnation;
    }
}
