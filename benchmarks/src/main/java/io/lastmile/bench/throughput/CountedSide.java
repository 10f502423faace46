package io.lastmile.bench.throughput;

import io.lastmile.bench.load.Arrivals;
import io.lastmile.bench.load.Deliveries;
import io.lastmile.bench.load.UnderWay;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/** What the sides have in common that end with the arrival of a message: it is counted there. */
abstract class CountedSide implements Side {
    final LoadOptions options;
    final UnderWay underWay;
    private final Deliveries deliveries;

    CountedSide(LoadOptions options) {
        this.options = options;
        underWay = new UnderWay(options.underWayMax());
        deliveries = new Deliveries(options.devices());
    }

    /**
     * Sends until then, within what may be under way, and waits for the answers.
     *
     * @param accepted counts those that were answered well
     * @return how many were sent
     */
    abstract long send(long untilNs, LongAdder accepted) throws Exception;

    /** The message of that number has come to where it should. */
    final void arrived(int device, long number) {
        deliveries.given(device, number);
        underWay.end(1);
    }

    @Override
    public final Round run(int seconds) throws Exception {
        long given = deliveries.distinct();
        long again = deliveries.again();
        LongAdder accepted = new LongAdder();
        long beganNs = System.nanoTime();
        long sent = send(beganNs + TimeUnit.SECONDS.toNanos(seconds), accepted);
        Arrivals.await(() -> deliveries.distinct() - given >= accepted.sum());
        return new Round(
                deliveries.distinct() - given,
                deliveries.latestNs() - beganNs,
                Math.max(0, accepted.sum() - (deliveries.distinct() - given)),
                deliveries.again() - again,
                sent - accepted.sum());
    }
}
