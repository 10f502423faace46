package io.lastmile.simulation;

import static io.lastmile.simulation.InvariantBroken.check;

import io.lastmile.edge.session.CutOff;
import io.lastmile.edge.session.Session;
import io.lastmile.wire.record.NodeRecord.Claim;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/**
 * The real {@link CutOff} of one life of an edge with shorter waits, and beside it a plainer
 * account of the same: no session stays where its partition's owner does not come.
 */
final class EdgeReach {
    static final long SPREAD_MS = 1_000;
    private static final long OWNER_WAIT_MS = 3_000;
    private static final long KAFKA_WAIT_MS = 4_000;
    private static final long NOBODY_WAIT_MS = 12_000;
    private static final long SLACK_MS = 2 * World.HEARTBEAT_MS;
    private static final long NOT = Long.MAX_VALUE;

    private final World world;
    private final CutOff cutOff;
    private final long[] highestClaimed;
    private final long[] missingSinceMs;
    private final long[] endsAtMs;

    EdgeReach(World world) {
        this.world = world;
        this.cutOff =
                new CutOff(
                        world.plan.partitions,
                        TimeUnit.MILLISECONDS.toNanos(OWNER_WAIT_MS),
                        TimeUnit.MILLISECONDS.toNanos(KAFKA_WAIT_MS),
                        TimeUnit.MILLISECONDS.toNanos(NOBODY_WAIT_MS));
        this.highestClaimed = new long[world.plan.partitions];
        this.missingSinceMs = new long[world.plan.partitions];
        this.endsAtMs = new long[world.plan.partitions];
        Arrays.fill(missingSinceMs, NOT);
        Arrays.fill(endsAtMs, NOT);
    }

    private long nowNs() {
        return TimeUnit.MILLISECONDS.toNanos(world.agenda.nowMs());
    }

    /** A router's heartbeat lists a claim: says whether the partition's sessions are to end. */
    boolean claimed(Claim claim, long knownEpoch) {
        boolean missing = claim.epoch() > knownEpoch;
        int partition = claim.partition();
        long nowMs = world.agenda.nowMs();
        if (claim.epoch() < highestClaimed[partition]) {
            missing = false; // of a former owner
        } else if (!missing || claim.epoch() > highestClaimed[partition]) {
            highestClaimed[partition] = claim.epoch();
            missingSinceMs[partition] = NOT;
            endsAtMs[partition] = NOT;
        }
        if (missing) {
            missingSinceMs[partition] = Math.min(missingSinceMs[partition], nowMs);
            if (nowMs - missingSinceMs[partition] >= OWNER_WAIT_MS) {
                endsAtMs[partition] = Math.min(endsAtMs[partition], nowMs + SPREAD_MS);
            }
        }
        boolean ends = cutOff.claimed(partition, claim.epoch(), knownEpoch, nowNs());
        return ends && !world.has(Mutant.CUT_OFF_IS_IGNORED);
    }

    /** The process stood still: what it was about to do it does now. */
    void resumed() {
        for (int p = 0; p < endsAtMs.length; p++) {
            endsAtMs[p] = endsAtMs[p] == NOT ? NOT : Math.max(endsAtMs[p], world.agenda.nowMs());
        }
    }

    boolean isolated(boolean kafkaHere, boolean kafkaThere, boolean routers) {
        return cutOff.isolated(kafkaHere, kafkaThere, routers, nowNs());
    }

    /** The session has been where its owner does not come for longer than it may. */
    void checkHeld(Session session, long knownEpoch) {
        int partition = session.partition();
        if (knownEpoch >= highestClaimed[partition]) {
            missingSinceMs[partition] = NOT;
            endsAtMs[partition] = NOT;
        }
        long endsAt = endsAtMs[partition];
        check(
                endsAt == NOT
                        || session.isEnding()
                        || DeviceConnection.of(session).beganAtMs() > missingSinceMs[partition]
                        || world.agenda.nowMs() <= endsAt + SLACK_MS,
                Invariant.REACHABLE,
                () -> session + " stays where its owner does not come");
    }
}
