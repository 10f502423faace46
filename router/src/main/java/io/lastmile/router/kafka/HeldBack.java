package io.lastmile.router.kafka;

import io.lastmile.node.Clock;
import io.lastmile.node.Metric;
import io.lastmile.node.Metrics;
import io.lastmile.router.kafka.LogEnds.Ends;
import io.lastmile.router.owner.OwnedPartition;
import io.lastmile.router.owner.OwnedPartitions;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What producers' open transactions hold back: a partition of messages is read up to the first
 * record of a transaction that is open, whatever stands behind it, and a reader that is there has
 * no lag by its own account. Any thread.
 */
public final class HeldBack {
    private static final Logger log = LoggerFactory.getLogger(HeldBack.class);

    /** An owner's own transaction takes milliseconds; this one was left open. */
    private static final Duration LONG = Duration.ofSeconds(30);

    private static final long LOOK_NS = Duration.ofSeconds(5).toNanos();

    private final OwnedPartitions owned;
    private final LogEnds ends;
    private final Clock clock;
    private final Map<Integer, Hold> holds = new HashMap<>();
    private boolean looking;
    private long lookedAtNs;

    /** Since when the same record holds a partition back, and what stands from there to the end. */
    private record Hold(long from, long sinceNs, long records, boolean told) {}

    /** Looks at the partitions that are owned. */
    public HeldBack(OwnedPartitions owned, LogEnds ends, Clock clock, Metrics metrics) {
        this.owned = owned;
        this.ends = ends;
        this.clock = clock;
        this.lookedAtNs = clock.nanoTime() - LOOK_NS;
        metrics.gauge(Metric.ROUTER_HELD_BACK, this::records);
        metrics.gauge(Metric.ROUTER_HELD_BACK_DURATION, this::longestSeconds);
    }

    /** Asks Kafka, unless that was done a moment ago; does not wait for the answer. */
    public void look() {
        var partitions = owned.all().stream().map(OwnedPartition::partition).toList();
        synchronized (holds) {
            if (looking || clock.nanoTime() - lookedAtNs < LOOK_NS) {
                return;
            }
            looking = !partitions.isEmpty();
            lookedAtNs = clock.nanoTime();
        }
        if (partitions.isEmpty()) {
            found(Map.of());
        } else {
            ends.endsOfMessages(partitions, this::found);
        }
    }

    /** What Kafka said. */
    void found(Map<Integer, Ends> endsByPartition) {
        synchronized (holds) {
            looking = false;
            holds.keySet().retainAll(endsByPartition.keySet());
            endsByPartition.forEach(this::found);
        }
    }

    private void found(int partition, Ends found) {
        long records = found.all() - found.readable();
        if (records <= 0) {
            holds.remove(partition);
            return;
        }
        Hold last = holds.get(partition);
        if (last == null || last.from != found.readable()) {
            last = new Hold(found.readable(), clock.nanoTime(), records, false);
        }
        boolean told = last.told;
        if (!told && clock.nanoTime() - last.sinceNs >= LONG.toNanos()) {
            told = true;
            log.atWarn()
                    .addKeyValue("partition", partition)
                    .addKeyValue("offset", found.readable())
                    .addKeyValue("records", records)
                    .log("a producer's open transaction holds messages back");
        }
        holds.put(partition, new Hold(last.from, last.sinceNs, records, told));
    }

    /** How many records of its partitions are held back. */
    long records() {
        synchronized (holds) {
            return holds.values().stream().mapToLong(Hold::records).sum();
        }
    }

    /** For how long the partition has been held back that has been longest. */
    long longestSeconds() {
        synchronized (holds) {
            long nowNs = clock.nanoTime();
            return TimeUnit.NANOSECONDS.toSeconds(
                    holds.values().stream()
                            .mapToLong(hold -> nowNs - hold.sinceNs)
                            .max()
                            .orElse(0));
        }
    }
}
