package io.lastmile.bench.throughput;

import io.lastmile.bench.load.Deliveries;
import io.lastmile.bench.load.LineAnswers;
import io.lastmile.bench.load.ReceiptsReader;
import io.lastmile.bench.load.Settlements;
import io.lastmile.bench.load.UnderWay;
import io.lastmile.wire.MessageId;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** What was accepted, delivered and settled; and how much of it is under way. Any thread. */
final class Books implements LineAnswers.Told, AutoCloseable {
    private final UnderWay underWay;
    private final Deliveries deliveries;
    private final Settlements settlements;
    private final ReceiptsReader receipts;
    private final LongAdder refused = new LongAdder();
    private volatile @Nullable String lastRefusal;

    /** Follows the receipts. */
    Books(LoadOptions options, String bootstrap) {
        underWay = new UnderWay(options.underWayMax());
        deliveries = new Deliveries(options.devices());
        settlements = new Settlements(options.partitions());
        receipts =
                new ReceiptsReader(
                        bootstrap,
                        "lastmile.receipts",
                        (_, receipt) -> {
                            settlements.settled(receipt.id(), receipt.outcome());
                            underWay.end(1);
                        });
    }

    /** Waits until so many more may be under way; false where that time came first. */
    boolean begin(int count, long untilNs) {
        return underWay.begin(count, untilNs);
    }

    @Override
    public void accepted(MessageId id) {
        settlements.accepted(id);
    }

    @Override
    public void refused(String answer) {
        lastRefusal = answer;
        refused.increment();
        underWay.end(1);
    }

    /** A device was given the message of that number. */
    void given(int device, long number) {
        deliveries.given(device, number);
    }

    /** How many are delivered, by their receipts. */
    long delivered() {
        return settlements.delivered();
    }

    /**
     * How many were accepted and are not delivered, or are by their receipts and no device was
     * given them. (A line that was refused because Kafka did not answer in time may be delivered
     * all the same.)
     */
    long lost() {
        return settlements.undelivered()
                + Math.max(0, settlements.delivered() - deliveries.distinct());
    }

    /** How many were given again or out of order, or have a second receipt. */
    long duplicates() {
        return deliveries.again() + settlements.surplus();
    }

    long refused() {
        return refused.sum();
    }

    @Nullable String lastRefusal() {
        return lastRefusal;
    }

    /** When the latest was given or settled, {@link System#nanoTime}. */
    long latestNs() {
        return Math.max(settlements.latestNs(), deliveries.latestNs());
    }

    @Override
    public void close() {
        receipts.close();
    }
}
