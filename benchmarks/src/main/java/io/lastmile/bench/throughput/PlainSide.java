package io.lastmile.bench.throughput;

import io.lastmile.bench.load.NumberedPayload;
import io.lastmile.bench.load.PlainProducer;
import java.io.IOException;
import java.util.concurrent.atomic.LongAdder;

/** What the sides have in common whose messages a plain producer sends to a topic of their own. */
abstract class PlainSide extends CountedSide {
    private static final int AT_ONCE = 100;

    private final NumberedPayload payload;
    private final PlainProducer producer;
    private long next;

    PlainSide(LoadOptions options, String bootstrap, String topic) throws Exception {
        super(options);
        PlainProducer.makeTopic(bootstrap, topic, options.partitions());
        producer = PlainProducer.likeTheApi(bootstrap, topic);
        payload = new NumberedPayload(options.payloadBytes());
    }

    @Override
    final long send(long untilNs, LongAdder accepted) {
        long first = next;
        while (underWay.begin(AT_ONCE, untilNs)) {
            for (int i = 0; i < AT_ONCE; i++) {
                producer.send((int) (next % options.devices()), payload.of(next), accepted);
                next++;
            }
        }
        producer.flush();
        return next - first;
    }

    @Override
    public void close() throws IOException {
        producer.close();
    }
}
