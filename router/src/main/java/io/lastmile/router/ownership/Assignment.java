package io.lastmile.router.ownership;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * Which router owns each partition: rendezvous hashing by node name, with a bounded load.
 *
 * <p>Each pair of a router and a partition has a weight. The heaviest pairs come first, and a
 * router takes no more than 1.25 times the mean. So a router that joins or leaves moves little more
 * than its own share, and a router that restarts under its name gets back what it had. A pure
 * function of its arguments: whoever knows the same routers decides the same.
 */
public final class Assignment {
    /** A router owns at most so much of the mean, in percent. */
    static final int LOAD_PERCENT_MAX = 125;

    private static final int LOAD_PERCENT_MAX_OF_TWO = 115;

    private record Pair(String router, int partition, long weight) {}

    private Assignment() {}

    /**
     * The owner of each partition, by its number; null for all where no router lives.
     *
     * @param unableByRouter the living routers by node name, each with the partitions that it says
     *     it cannot claim; another owns those, if there is one that can
     * @param partitions how many there are, 1 or more
     */
    public static @Nullable String[] of(
            SortedMap<String, Set<Integer>> unableByRouter, int partitions) {
        @Nullable String[] owners = new String[partitions];
        if (unableByRouter.isEmpty()) {
            return owners;
        }
        int loadMax = loadMax(partitions, unableByRouter.size());
        Map<String, Integer> loads = new HashMap<>();
        for (Pair pair : heaviestFirst(unableByRouter, partitions)) {
            if (owners[pair.partition] == null
                    && loads.getOrDefault(pair.router, 0) < loadMax
                    && !unableByRouter
                            .getOrDefault(pair.router, Set.of())
                            .contains(pair.partition)) {
                owners[pair.partition] = pair.router;
                loads.merge(pair.router, 1, Integer::sum);
            }
        }
        for (int partition = 0; partition < partitions; partition++) {
            if (owners[partition] == null) {
                String least = leastLoaded(unableByRouter, partition, loads);
                owners[partition] = least;
                loads.merge(least, 1, Integer::sum);
            }
        }
        return owners;
    }

    /** At most so many partitions a router; of two less, since all of one's move to the other. */
    static int loadMax(int partitions, int routers) {
        int percent = routers == 2 ? LOAD_PERCENT_MAX_OF_TWO : LOAD_PERCENT_MAX;
        return Math.ceilDiv(partitions * percent, routers * 100);
    }

    private static List<Pair> heaviestFirst(
            SortedMap<String, Set<Integer>> unableByRouter, int partitions) {
        List<Pair> pairs = new ArrayList<>(unableByRouter.size() * partitions);
        for (String router : unableByRouter.keySet()) {
            long hash = hash(router);
            for (int partition = 0; partition < partitions; partition++) {
                pairs.add(new Pair(router, partition, mixed(hash + mixed(partition + 1))));
            }
        }
        pairs.sort(
                Comparator.comparingLong(Pair::weight)
                        .reversed()
                        .thenComparing(Pair::router)
                        .thenComparingInt(Pair::partition));
        return pairs;
    }

    /** For a partition that all who have room say they cannot claim. */
    private static String leastLoaded(
            SortedMap<String, Set<Integer>> unableByRouter,
            int partition,
            Map<String, Integer> loads) {
        Comparator<String> fewest = Comparator.comparingInt(r -> loads.getOrDefault(r, 0));
        return unableByRouter.keySet().stream()
                .filter(router ->
                        !unableByRouter.getOrDefault(router, Set.of()).contains(partition))
                .min(fewest)
                .orElseGet(() -> unableByRouter.keySet().stream().min(fewest).orElseThrow());
    }

    /**
     * FNV-1a of the UTF-8 bytes, 64 bits: the same in every JVM, unlike String.hashCode's spread.
     */
    private static long hash(String name) {
        long hash = 0xcbf29ce484222325L;
        for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ (b & 0xff)) * 0x100000001b3L;
        }
        return hash;
    }

    /** The finaliser of SplitMix64: each bit of the result depends on each bit of the value. */
    private static long mixed(long value) {
        long z = (value ^ (value >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}
