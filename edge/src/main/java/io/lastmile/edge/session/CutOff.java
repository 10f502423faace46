package io.lastmile.edge.session;

import java.util.Arrays;

/**
 * Decides when an edge is cut off from those who could reach its devices: a device must never stay
 * connected where nothing can be given to it. Times are nanoseconds that never go back. One lock
 * guards it all; it is asked every second or so.
 */
public final class CutOff {
    private static final long NOT = Long.MIN_VALUE;

    private final long ownerWaitNs;
    private final long kafkaWaitNs;
    private final long nobodyWaitNs;
    private final long[] claimedEpoch;
    private final long[] unansweredSinceNs;
    private long kafkaAwayHereSinceNs = NOT;
    private long nobodySinceNs = NOT;

    /**
     * Nothing is known to be wrong.
     *
     * @param ownerWaitNs how long an owner may be in nodes without having asked this edge
     * @param kafkaWaitNs how long Kafka may be away here while routers reach it
     * @param nobodyWaitNs how long neither Kafka nor any router may be reached
     */
    public CutOff(int partitions, long ownerWaitNs, long kafkaWaitNs, long nobodyWaitNs) {
        this.ownerWaitNs = ownerWaitNs;
        this.kafkaWaitNs = kafkaWaitNs;
        this.nobodyWaitNs = nobodyWaitNs;
        claimedEpoch = new long[partitions];
        unansweredSinceNs = new long[partitions];
        Arrays.fill(claimedEpoch, Ownership.UNOWNED);
    }

    /**
     * A router's heartbeat, read just now, lists a claim. That a dead router's last one still
     * stands in nodes says nothing, so only what is written again counts.
     *
     * @param knownEpoch with which this edge was asked {@code own}
     * @return whether the sessions of the partition are to end; then the wait begins anew
     */
    public synchronized boolean claimed(int partition, long epoch, long knownEpoch, long nowNs) {
        if (partition < 0 || partition >= claimedEpoch.length) {
            return false;
        }
        if (epoch > claimedEpoch[partition]) {
            claimedEpoch[partition] = epoch;
            unansweredSinceNs[partition] = nowNs;
        }
        if (epoch < claimedEpoch[partition]) {
            return false; // of a former owner that does not know it yet: says nothing of the newer
        }
        if (knownEpoch >= epoch) {
            unansweredSinceNs[partition] = nowNs;
            return false;
        }
        if (nowNs - unansweredSinceNs[partition] < ownerWaitNs) {
            return false;
        }
        unansweredSinceNs[partition] = nowNs;
        return true;
    }

    /**
     * Whether all sessions are to end; then the wait begins anew.
     *
     * @param kafkaHere whether this edge reaches Kafka
     * @param kafkaThere whether a router at the other end of a hop reaches Kafka
     * @param routers whether there is a hop at all
     */
    public synchronized boolean isolated(
            boolean kafkaHere, boolean kafkaThere, boolean routers, long nowNs) {
        kafkaAwayHereSinceNs = since(kafkaAwayHereSinceNs, !kafkaHere && kafkaThere, nowNs);
        nobodySinceNs = since(nobodySinceNs, !kafkaHere && !routers, nowNs);
        boolean isolated =
                lasts(kafkaAwayHereSinceNs, kafkaWaitNs, nowNs)
                        || lasts(nobodySinceNs, nobodyWaitNs, nowNs);
        if (isolated) {
            kafkaAwayHereSinceNs = NOT;
            nobodySinceNs = NOT;
        }
        return isolated;
    }

    private static long since(long before, boolean now, long nowNs) {
        if (!now) {
            return NOT;
        }
        return before == NOT ? nowNs : before;
    }

    private static boolean lasts(long sinceNs, long waitNs, long nowNs) {
        return sinceNs != NOT && nowNs - sinceNs >= waitNs;
    }
}
