package io.lastmile.bench.throughput;

import io.lastmile.bench.load.Deliveries;
import io.lastmile.bench.load.NumberedPayload;
import io.lastmile.bench.load.PlainProducer;
import io.lastmile.bench.load.UnderWay;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/** What the sides have in common whose messages a plain producer sends to a topic of their own. */
abstract class PlainSide implements Side {
    private static final int AT_ONCE = 100;

    final LoadOptions options;
    private final NumberedPayload payload;
    private final PlainProducer producer;
    private final UnderWay underWay;
    private final Deliveries deliveries;
    private long sent;

    PlainSide(LoadOptions options, String bootstrap, String topic) throws Exception {
        this.options = options;
        PlainProducer.makeTopic(bootstrap, topic, options.partitions());
        producer = PlainProducer.likeTheApi(bootstrap, topic);
        payload = new NumberedPayload(options.payloadBytes());
        underWay = new UnderWay(options.underWayMax());
        deliveries = new Deliveries(options.devices());
    }

    /** The message of that number has come to where it should. */
    final void arrived(int device, long number) {
        deliveries.given(device, number);
        underWay.end(1);
    }

    @Override
    public final Round run(int seconds) {
        long given = deliveries.distinct();
        long again = deliveries.again();
        LongAdder accepted = new LongAdder();
        long sentBefore = sent;
        long beganNs = System.nanoTime();
        long untilNs = beganNs + TimeUnit.SECONDS.toNanos(seconds);
        while (underWay.begin(AT_ONCE, untilNs)) {
            for (int i = 0; i < AT_ONCE; i++) {
                producer.send((int) (sent % options.devices()), payload.of(sent), accepted);
                sent++;
            }
        }
        producer.flush();
        Arrivals.await(() -> deliveries.distinct() - given >= accepted.sum());
        return new Round(
                deliveries.distinct() - given,
                deliveries.latestNs() - beganNs,
                Math.max(0, accepted.sum() - (deliveries.distinct() - given)),
                deliveries.again() - again,
                sent - sentBefore - accepted.sum());
    }

    @Override
    public void close() throws IOException {
        producer.close();
    }
}
