package io.lastmile.bench.stadium;

import io.lastmile.bench.load.DeviceName;
import io.lastmile.bench.load.LineAnswers;
import io.lastmile.bench.load.ReceiptsReader;
import io.lastmile.bench.load.Settlements;
import io.lastmile.wire.MessageId;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** What the API accepted and what has its receipt. Any thread. */
final class Books implements LineAnswers.Told, AutoCloseable {
    private final Settlements settlements;
    private final CopyReceipts copies;
    private final ReceiptsReader receipts;
    private final LongAdder refused = new LongAdder();
    private volatile @Nullable String lastRefusal;

    /** Follows the receipts. */
    Books(int partitions, String bootstrap) {
        copies = new CopyReceipts(partitions);
        settlements = new Settlements(partitions);
        receipts =
                new ReceiptsReader(
                        bootstrap,
                        "lastmile.receipts",
                        (device, receipt) -> {
                            if (receipt.broadcast() == null) {
                                settlements.settled(receipt.id(), receipt.outcome());
                            } else {
                                copies.settled(DeviceName.number(device), receipt.outcome());
                            }
                        },
                        copies::settled);
    }

    /** The receipts of copies of broadcasts. */
    CopyReceipts copies() {
        return copies;
    }

    @Override
    public void accepted(MessageId id) {
        settlements.accepted(id);
    }

    @Override
    public void refused(String answer) {
        lastRefusal = answer;
        refused.increment();
    }

    /** How many have a receipt that says delivered. */
    long delivered() {
        return settlements.delivered();
    }

    /** How many were accepted and have none. */
    long undelivered() {
        return settlements.undelivered();
    }

    /** How many receipts came for a message that had one. */
    long surplus() {
        return settlements.surplus();
    }

    /** When the latest receipt was read, {@link System#nanoTime}. */
    long latestNs() {
        return settlements.latestNs();
    }

    long refused() {
        return refused.sum();
    }

    /** Why the latest message was refused; null where none was. */
    @Nullable String lastRefusal() {
        return lastRefusal;
    }

    @Override
    public void close() {
        receipts.close();
    }
}
