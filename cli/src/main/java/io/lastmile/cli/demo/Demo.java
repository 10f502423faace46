package io.lastmile.cli.demo;

import io.lastmile.bench.load.Fleet;
import io.lastmile.bench.load.HttpProducer;
import io.lastmile.bench.load.Pace;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.Payload;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;

/**
 * Devices that stay connected, and a producer that sends to one after the other at a fixed rate.
 * One device in every {@value #ABSENT_EVERY} does not exist, so that something waits in an inbox.
 */
final class Demo implements AutoCloseable {
    private static final int ABSENT_EVERY = 10;
    private static final int CONNECTIONS = 4;
    private static final long LINE_NS = 10_000_000_000L;

    private final List<DeviceId> addressees;
    private final Fleet fleet;
    private final HttpProducer producer;
    private final LongAdder received = new LongAdder();
    private final LongAdder accepted = new LongAdder();
    private final LongAdder failed = new LongAdder();

    Demo(int devices, InetSocketAddress api, InetSocketAddress mqtt) {
        addressees =
                IntStream.rangeClosed(1, devices).mapToObj(i -> new DeviceId("demo-" + i)).toList();
        List<DeviceId> here =
                addressees.stream().filter(id -> !isAbsent(addressees.indexOf(id))).toList();
        fleet = new Fleet(here, List.of(mqtt), arrival -> received.increment());
        producer = new HttpProducer(api, CONNECTIONS);
    }

    private static boolean isAbsent(int index) {
        return index % ABSENT_EVERY == ABSENT_EVERY - 1;
    }

    /**
     * Sends.
     *
     * @param messages how many, then it returns
     */
    void send(double perSecond, long messages, PrintWriter out) {
        Pace pace = new Pace(System.nanoTime(), perSecond);
        long lineNs = pace.startNs();
        for (long i = 0; i < messages && !Thread.currentThread().isInterrupted(); i++) {
            long nowNs = pace.awaitDue(i);
            if (nowNs >= lineNs) {
                lineNs = nowNs + LINE_NS;
                out.println(this);
                out.flush();
            }
            DeviceId device = addressees.get((int) (i % addressees.size()));
            var payload = Payload.ofText("{\"message\":" + i + "}");
            var _ =
                    producer.post(device, payload, "application/json")
                            .whenComplete((answer, e) -> {
                                boolean taken = answer != null && answer.accepted();
                                (taken ? accepted : failed).increment();
                            });
        }
    }

    @Override
    public String toString() {
        return "%d devices subscribed, %d messages accepted, %d received, %d not accepted"
                .formatted(fleet.subscribed(), accepted.sum(), received.sum(), failed.sum());
    }

    @Override
    public void close() {
        fleet.close();
        producer.close();
    }
}
