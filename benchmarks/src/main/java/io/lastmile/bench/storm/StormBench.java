package io.lastmile.bench.storm;

import io.lastmile.bench.BenchResult;
import io.lastmile.bench.Figure;
import io.lastmile.bench.Medians;
import io.lastmile.bench.peer.Broker;
import io.lastmile.bench.peer.Mosquitto;
import io.lastmile.bench.process.Deployment;
import io.lastmile.bench.process.JavaLaunch;
import io.lastmile.bench.process.ProcessorTime;
import io.lastmile.bench.process.ServerProcess;
import io.lastmile.node.kafka.KafkaSettings;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How many devices a second connect, subscribe, stay a little and go: at an edge whose sessions are
 * all told to Kafka, and at mosquitto, which tells nobody, with the same client in turn.
 */
public final class StormBench {
    private static final int PARTITIONS = 16;

    private final StormOptions options;
    private final PrintWriter out;
    private final StormLoad load;
    private final Medians medians = new Medians();
    private long subscribed;
    private long refused;

    /**
     * A run of the benchmark.
     *
     * @param out where its progress goes
     */
    public StormBench(StormOptions options, PrintWriter out) {
        this.options = options;
        this.out = out;
        this.load = new StormLoad(options);
    }

    /**
     * Starts what it needs in a folder, measures, and ends it.
     *
     * @param folder empty; what the processes write is left in it
     */
    public BenchResult run(Path folder) throws Exception {
        List<String> common =
                List.of(
                        "--kafka.partitions=" + PARTITIONS,
                        "--kafka.single-replica=true",
                        "--log.level=warn");
        JavaLaunch java = JavaLaunch.likeThisProcess("-Xmx1g");
        try (Deployment deployment = new Deployment(java, folder, common)) {
            ServerProcess kafka = deployment.kafka().start();
            String bootstrap = Deployment.bootstrap(List.of(kafka));
            ServerProcess edge = deployment.edgeForAnyRush("edge", bootstrap).start();
            Path program = options.mosquitto();
            if (program == null) {
                rounds(edge, kafka, null);
            } else {
                try (Broker mosquitto = Mosquitto.start(program, folder.resolve("mosquitto"))) {
                    rounds(edge, kafka, mosquitto);
                }
            }
            long announced =
                    AnnouncedSessions.count(
                            new KafkaSettings(bootstrap, "lastmile.", PARTITIONS, true, Map.of()));
            return result(announced);
        }
    }

    private void rounds(ServerProcess edge, ServerProcess kafka, @Nullable Broker mosquitto)
            throws Exception {
        for (int round = 0; round <= options.rounds(); round++) {
            say(round == 0 ? "warm-up" : "round " + round + "/" + options.rounds());
            edgeRound(round, edge, kafka);
            if (mosquitto != null) {
                mosquittoRound(round, mosquitto);
            }
        }
    }

    private void edgeRound(int round, ServerProcess edge, ServerProcess kafka) throws Exception {
        long edgeUs = ProcessorTime.us(edge.pid());
        long kafkaUs = ProcessorTime.us(kafka.pid());
        StormLoad.Round result = storm(round, "edge", edge.address("edge.mqtt.port"));
        subscribed += result.subscribed();
        if (round > 0) {
            refused += result.refused();
            double connects = result.subscribed();
            medians.add(Figure.CONNECTS, result.perSecond());
            medians.add(Figure.SERVER_CPU, (ProcessorTime.us(edge.pid()) - edgeUs) / connects);
            medians.add(Figure.KAFKA_CPU, (ProcessorTime.us(kafka.pid()) - kafkaUs) / connects);
        }
    }

    private void mosquittoRound(int round, Broker mosquitto) throws Exception {
        long beforeUs = ProcessorTime.us(mosquitto.pid());
        StormLoad.Round result = storm(round, "mosquitto", mosquitto.address());
        if (round > 0) {
            long cpuUs = ProcessorTime.us(mosquitto.pid()) - beforeUs;
            medians.add(Figure.MOSQUITTO_CONNECTS, result.perSecond());
            medians.add(Figure.MOSQUITTO_CPU, cpuUs / (double) result.subscribed());
        }
    }

    private StormLoad.Round storm(int round, String name, InetSocketAddress server)
            throws Exception {
        int seconds = round == 0 ? options.warmUpSeconds() : options.seconds();
        StormLoad.Round result = load.run(server, seconds);
        say(
                "  %-10s %,8.0f connects a second, %,d refused"
                        .formatted(name, result.perSecond(), result.refused()));
        return result;
    }

    private BenchResult result(long announced) {
        Map<Figure, Double> figures = medians.figures();
        Double mosquitto = figures.get(Figure.MOSQUITTO_CONNECTS);
        if (mosquitto != null) {
            double ratio = figures.getOrDefault(Figure.CONNECTS, 0.0) / mosquitto;
            figures.put(Figure.CONNECTS_RATIO, ratio);
        }
        figures.put(Figure.REFUSED_CONNECTS, (double) refused);
        figures.put(Figure.STORM_SESSIONS, (double) subscribed);
        figures.put(Figure.UNANNOUNCED, (double) (subscribed - announced));
        return new BenchResult("storm", options.asSettings(), figures);
    }

    private void say(String line) {
        out.println(line);
        out.flush();
    }
}
