package io.lastmile.bench.recovery;

import io.lastmile.bench.Stamp;
import io.lastmile.bench.load.Fleet;
import io.lastmile.bench.load.HttpProducer;
import io.lastmile.bench.load.Pace;
import io.lastmile.bench.load.Until;
import io.lastmile.bench.process.Deployment;
import io.lastmile.bench.process.Scrape;
import io.lastmile.bench.process.ServerProcess;
import io.lastmile.node.Metric;
import io.lastmile.wire.DeviceId;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;

/**
 * Two routers, two edges and an API as processes, devices that come again by themselves, and a
 * steady load on them: whatever is done to a process, it tells how long nobody was reached.
 */
final class RecoveryBed implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final int CONNECTIONS = 16;
    private static final int WARM_UP_TIMES_RATE = 3;
    private static final int PAYLOAD_BYTES = 100;

    private final RecoveryOptions options;
    private final ServerProcess router1;
    private final ServerProcess router2;
    private final ServerProcess edgeA;
    private final ServerProcess edgeB;
    private final Outage outage;
    private final Fleet fleet;
    private final HttpProducer producer;
    private final Thread load;
    private volatile boolean warm;
    private volatile boolean closed;

    RecoveryBed(RecoveryOptions options, Deployment deployment, ServerProcess kafka) {
        this.options = options;
        String bootstrap = Deployment.bootstrap(List.of(kafka.start()));
        ServerProcess api = deployment.api("api", bootstrap);
        router1 = deployment.router("router-1", bootstrap);
        router2 = deployment.router("router-2", bootstrap);
        edgeA = deployment.edge("edge-a", bootstrap);
        edgeB = deployment.edge("edge-b", bootstrap);
        Deployment.startAll(api, router1, router2, edgeA, edgeB);
        outage = new Outage(options.devices());
        fleet =
                new Fleet(
                        IntStream.range(0, options.devices())
                                .mapToObj(i -> new DeviceId("bench-" + i))
                                .toList(),
                        List.of(edgeA.address("edge.mqtt.port"), edgeB.address("edge.mqtt.port")),
                        this::arrived);
        producer = new HttpProducer(api.address("api.port"), CONNECTIONS);
        load = Thread.ofPlatform().name("recovery-load").daemon().start(this::send);
    }

    private void send() {
        send(options.ratePerSecond() * WARM_UP_TIMES_RATE, () -> warm);
        send(options.ratePerSecond(), () -> false);
    }

    private void send(int ratePerSecond, BooleanSupplier isOver) {
        Pace pace = new Pace(System.nanoTime(), ratePerSecond);
        Random filler = new Random(1);
        List<DeviceId> ids = fleet.ids();
        for (long i = 0; !closed && !isOver.getAsBoolean(); i++) {
            long dueNs = pace.awaitDue(i);
            var _ =
                    producer.post(
                            ids.get((int) (i % ids.size())),
                            new Stamp(0, dueNs).payload(PAYLOAD_BYTES, filler),
                            "application/octet-stream");
        }
    }

    /** Waits for as long as the options say; until then more is sent than later. */
    void warmUp() {
        awaitHealthy();
        Until.passed(Duration.ofSeconds(options.warmUpSeconds()));
        warm = true;
    }

    private void arrived(Fleet.Arrival arrival) {
        long dueNs = Stamp.of(arrival.received().payload().bytes()).dueNs();
        outage.arrived(arrival.visit().device(), dueNs, arrival.received().atNs());
    }

    /** How long it takes until all are reached after kill -9 of a router. */
    double routerKilledMs() {
        return outageMs(router1::kill, router1);
    }

    /** The longest that a message was on its way while a router was told to stop, and after. */
    double routerStoppedMs() {
        return longestWaitMs(router1);
    }

    /** The same of an edge, whose devices come again as it sends them away. */
    double edgeStoppedMs() {
        return longestWaitMs(edgeInUse());
    }

    /** The same after kill -9 of an edge, whose devices come again at once. */
    double edgeKilledMs() {
        ServerProcess edge = edgeInUse();
        return outageMs(edge::kill, edge);
    }

    private ServerProcess edgeInUse() {
        boolean atA = !fleet.subscribedAt(edgeA.address("edge.mqtt.port")).isEmpty();
        return atA ? edgeA : edgeB;
    }

    private double longestWaitMs(ServerProcess stopping) {
        awaitNextFault();
        outage.begin();
        stopping.stop();
        outage.goOn(); // what was due while it stopped comes before what is due from now on
        Until.holds("all devices are reached", PATIENCE, outage::isOver);
        double ms = outage.longestWaitMs();
        stopping.start();
        return ms;
    }

    private double outageMs(Runnable fault, ServerProcess struck) {
        awaitNextFault();
        outage.begin();
        fault.run();
        Until.holds("all devices are reached", PATIENCE, outage::isOver);
        double ms = outage.ms();
        struck.start();
        return ms;
    }

    private void awaitNextFault() {
        awaitHealthy();
        Until.passed(Duration.ofSeconds(options.pauseSeconds()));
        awaitHealthy();
    }

    /** Both routers own partitions, and messages come to all devices. */
    private void awaitHealthy() {
        Until.holds("all are subscribed", PATIENCE, () -> fleet.subscribed() == options.devices());
        Until.holds(
                "both routers own partitions",
                PATIENCE,
                () ->
                        owned(router1) > 0
                                && owned(router2) > 0
                                && owned(router1) + owned(router2) == options.partitions());
        outage.begin();
        Until.holds("all devices are reached", PATIENCE, outage::isOver);
    }

    private static double owned(ServerProcess router) {
        return Scrape.sum(router, Metric.ROUTER_OWNED);
    }

    @Override
    public void close() {
        closed = true;
        try {
            load.join(Duration.ofSeconds(5));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        producer.close();
        fleet.close();
    }
}
