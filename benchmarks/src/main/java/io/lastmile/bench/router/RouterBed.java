package io.lastmile.bench.router;

import io.lastmile.bench.edge.DeviceGroup;
import io.lastmile.bench.edge.VirtualEdge;
import io.lastmile.bench.load.LogPositions;
import io.lastmile.bench.load.Pace;
import io.lastmile.bench.load.Until;
import io.lastmile.bench.process.Deployment;
import io.lastmile.bench.process.JavaLaunch;
import io.lastmile.bench.process.ServerProcess;
import io.lastmile.node.Lifecycle;
import io.lastmile.node.kafka.KafkaSettings;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

/**
 * What the stages of the benchmark share: Kafka and one router as processes, and in this process
 * the virtual edges and whoever writes messages and looks at positions.
 */
final class RouterBed implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofMinutes(15);

    private static final int LOOKS_PER_SECOND = 10;
    private static final int DISTURBING_MAX = 200;

    /** Least that the cache of bodies may be told: it is full in all stages, and never counts. */
    private static final String BODIES_MAX = "1MiB";

    /** What starves on an overloaded machine is not to be declared gone: that is not measured. */
    private static final String GONE_LATE = "--node.gone-after=100";

    private final RouterOptions options;
    private final PrintWriter out;
    private final Lifecycle parts = new Lifecycle();
    private final JavaLaunch java;
    private final KafkaSettings kafka;
    private final ServerProcess router;
    private final DeviceGroup warm;
    private final DeviceGroup online;
    private final DeviceGroup absent;
    private final DeviceGroup members;
    private final DeviceGroup storm;
    private final DeviceGroup silent;
    private final DeviceGroup unread;
    private final VirtualEdge edge;
    private final VirtualEdge stalling;
    private final MessageProducer producer;
    private final LogPositions positions;
    private final Trickle trickle;

    RouterBed(RouterOptions options, Path folder, PrintWriter out) throws InterruptedException {
        // Long because it is the list of all parts, in the order of their start.
        this.options = options;
        this.out = out;
        java = JavaLaunch.likeThisProcess(options.heapMax());
        List<String> common =
                List.of(
                        "--kafka.partitions=" + options.partitions(),
                        "--kafka.single-replica=true",
                        GONE_LATE);
        try {
            Deployment deployment = parts.start("processes", new Deployment(java, folder, common));
            say("starting Kafka and a router as processes in " + folder);
            ServerProcess broker = deployment.kafka().start();
            String bootstrap = Deployment.bootstrap(List.of(broker));
            kafka = new KafkaSettings(bootstrap, "lastmile.", options.partitions(), true, Map.of());
            router =
                    deployment
                            .router("router", bootstrap, "--router.bodies.max=" + BODIES_MAX)
                            .start();
            warm = new DeviceGroup("warm-", MemoryStage.warmDevices(options), true);
            online = new DeviceGroup("online-", options.devices(), true);
            members = new DeviceGroup("member-", options.members(), true);
            storm = new DeviceGroup("storm-", options.stormDevices(), true);
            int disturbing = Math.min(DISTURBING_MAX, options.devices());
            silent = new DeviceGroup("silent-", disturbing, false);
            unread = new DeviceGroup("unread-", disturbing, true);
            absent =
                    new DeviceGroup(
                            "absent-", options.parkedMessages() / options.inboxMessages(), true);
            producer = parts.start("producer", new MessageProducer(kafka));
            trickle = new Trickle(producer, online, options);
            edge =
                    parts.start(
                            "edge",
                            new VirtualEdge(
                                    kafka,
                                    "virtual-edge",
                                    Deployment.HOP_SECRET,
                                    List.of(warm, online, storm, silent),
                                    (group, frame) -> {
                                        if (group.equals(online)) {
                                            trickle.delivered(frame);
                                        }
                                    }));
            stalling =
                    parts.start(
                            "stalling edge",
                            new VirtualEdge(
                                    kafka,
                                    "stalling-edge",
                                    Deployment.HOP_SECRET,
                                    List.of(unread),
                                    (group, frame) -> {}));
            positions = parts.start("positions", new LogPositions(kafka));
            awaitOwned();
        } catch (RuntimeException | InterruptedException e) {
            parts.close();
            throw e;
        }
    }

    /** Waits until the router owns every partition and has a hop to both edges. */
    void awaitOwned() {
        RouterFigures figures = figures();
        Until.holds(
                "the router owns all partitions",
                PATIENCE,
                () -> figures.owned() == options.partitions());
    }

    /** Waits until the router, since its start, has settled so many messages as delivered. */
    void awaitDelivered(long messages) {
        RouterFigures figures = figures();
        awaitSettled("delivered", () -> figures.delivered() >= messages);
    }

    /** Waits until the router, since its start, has ended so many messages as expired. */
    void awaitExpired(long messages) {
        RouterFigures figures = figures();
        awaitSettled("expired", () -> figures.expired() >= messages);
    }

    private static void awaitSettled(String outcome, BooleanSupplier isSettled) {
        Pace looks = new Pace(System.nanoTime(), LOOKS_PER_SECOND);
        long[] look = new long[1];
        Until.holds(
                "messages are settled as " + outcome,
                PATIENCE,
                () -> {
                    looks.awaitDue(++look[0]);
                    return isSettled.getAsBoolean();
                });
    }

    RouterOptions options() {
        return options;
    }

    JavaLaunch java() {
        return java;
    }

    KafkaSettings kafka() {
        return kafka;
    }

    ServerProcess router() {
        return router;
    }

    RouterFigures figures() {
        return new RouterFigures(router);
    }

    /** Devices that only warm the router up. */
    DeviceGroup warm() {
        return warm;
    }

    /** Devices that are online and behave well. */
    DeviceGroup online() {
        return online;
    }

    /** Devices that never come. */
    DeviceGroup absent() {
        return absent;
    }

    /** Devices that never come, and are in a channel. */
    DeviceGroup members() {
        return members;
    }

    /** Devices that come all at once. */
    DeviceGroup storm() {
        return storm;
    }

    /** Devices that never acknowledge. */
    DeviceGroup silent() {
        return silent;
    }

    /** Devices of the edge that stalls. */
    DeviceGroup unread() {
        return unread;
    }

    VirtualEdge edge() {
        return edge;
    }

    /** A second edge, which is made to stall. */
    VirtualEdge stalling() {
        return stalling;
    }

    MessageProducer producer() {
        return producer;
    }

    LogPositions positions() {
        return positions;
    }

    Trickle trickle() {
        return trickle;
    }

    void say(String line) {
        out.println(line);
        out.flush();
    }

    @Override
    public void close() {
        parts.close();
    }
}
