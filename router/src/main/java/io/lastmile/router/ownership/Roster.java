package io.lastmile.router.ownership;

import io.lastmile.wire.Incarnation;
import java.util.Collections;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The routers that live, as the log of nodes tells up to some offset.
 *
 * <p>A router lives from its fourth scheduled heartbeat until it says that it leaves, or is
 * declared gone. Of several incarnations of one name the latest counts. Fed by one thread.
 */
public final class Roster {
    /** A process that dies in its first moments, again and again, takes nothing over. */
    static final long FIRST_HEARTBEATS = 4;

    private record Router(boolean lives, Set<Integer> unable) {}

    private final SortedMap<Incarnation, Router> routers = new TreeMap<>();

    /**
     * A router's heartbeat was read.
     *
     * @param sequence of the last scheduled heartbeat
     * @param unable partitions that it says it cannot claim
     */
    void heartbeat(Incarnation router, long sequence, boolean draining, Set<Integer> unable) {
        boolean lives = sequence >= FIRST_HEARTBEATS && !draining;
        routers.put(router, new Router(lives, Set.copyOf(unable)));
    }

    /** It is gone, or nodes says nothing of it any more. */
    void left(Incarnation router) {
        routers.remove(router);
    }

    /** Whether this very incarnation is the one that counts for its name. */
    boolean lives(Incarnation router) {
        return router.equals(latestByName().get(router.node()));
    }

    /** The living routers by node name, each with the partitions that it cannot claim. */
    SortedMap<String, Set<Integer>> living() {
        SortedMap<String, Set<Integer>> living = new TreeMap<>();
        latestByName()
                .forEach((name, latest) -> {
                    Router router = routers.get(latest);
                    living.put(name, router == null ? Set.of() : router.unable);
                });
        return Collections.unmodifiableSortedMap(living);
    }

    private SortedMap<String, Incarnation> latestByName() {
        SortedMap<String, Incarnation> latest = new TreeMap<>();
        routers.forEach((incarnation, router) -> { // of one name in the order of their numbers
            if (router.lives) {
                latest.put(incarnation.node(), incarnation);
            }
        });
        return latest;
    }
}
