package io.lastmile.node.replay;

import java.util.Map;
import java.util.TreeMap;

/**
 * What a replay reads: from where to where, and where it goes on.
 *
 * @param starts where each partition's reading began
 * @param positions the next offset to read, by partition; of a file the next line, under 0
 * @param ends where each partition's reading ends
 */
public record Course(
        Map<Integer, Long> starts, Map<Integer, Long> positions, Map<Integer, Long> ends) {
    /** Keeps copies, in order. */
    public Course {
        starts = new TreeMap<>(starts);
        positions = new TreeMap<>(positions);
        ends = new TreeMap<>(ends);
    }

    /** All of it is still to be read. */
    public static Course beginning(Map<Integer, Long> starts, Map<Integer, Long> ends) {
        return new Course(starts, starts, ends);
    }

    /** The same, further on. */
    public Course at(Map<Integer, Long> newPositions) {
        return new Course(starts, newPositions, ends);
    }

    /** Where the reading of a partition began. */
    public long start(int partition) {
        return starts.getOrDefault(partition, 0L);
    }

    /** Where the reading of a partition goes on. */
    public long position(int partition) {
        return positions.getOrDefault(partition, start(partition));
    }

    /** Whether everything was read. */
    public boolean isDone() {
        return ends.entrySet().stream().allMatch(end -> position(end.getKey()) >= end.getValue());
    }

    /** How much of it was read, of 100. */
    public int percentRead() {
        long all = 0;
        long read = 0;
        for (Map.Entry<Integer, Long> end : ends.entrySet()) {
            long start = start(end.getKey());
            all += Math.max(0, end.getValue() - start);
            read += Math.max(0, Math.min(end.getValue(), position(end.getKey())) - start);
        }
        return all == 0 ? 100 : (int) (read * 100 / all);
    }
}
