package io.lastmile.bench.throughput;

import io.lastmile.bench.BenchResult;
import io.lastmile.bench.Figure;
import io.lastmile.bench.load.NumberedPayload;
import io.lastmile.bench.peer.HiveMq;
import io.lastmile.bench.peer.Mosquitto;
import io.lastmile.bench.peer.NatsServer;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The same messages to the same devices through Lastmile, through a bridge from Kafka to mosquitto,
 * and through brokers of MQTT alone, in turn.
 */
public final class PeersBench {
    private final PeersOptions options;
    private final PrintWriter out;

    /**
     * A run of the benchmark.
     *
     * @param out where its progress goes
     */
    public PeersBench(PeersOptions options, PrintWriter out) {
        this.options = options;
        this.out = out;
    }

    /**
     * Starts what it needs in a folder, measures, and ends it.
     *
     * @param folder empty; what the processes write is left in it
     */
    public BenchResult run(Path folder) throws Exception {
        LoadOptions load = options.load();
        say("starting Kafka, API, router, edge and their peers as processes in " + folder);
        try (Bed bed = Bed.start(folder, load.partitions())) {
            List<Side> sides = new ArrayList<>();
            sides.add(
                    new LastmileSide(
                            load,
                            bed,
                            new LinePosting(
                                    bed.api().address("api.port"),
                                    new NumberedPayload(load.payloadBytes()),
                                    options.senders())));
            addPeers(sides, bed, folder);
            var figures = new Rounds(load, out, null).run(sides);
            return new BenchResult("peers", options.asSettings(), figures);
        }
    }

    private void addPeers(List<Side> sides, Bed bed, Path folder) throws Exception {
        LoadOptions load = options.load();
        Path mosquitto = options.mosquitto();
        if (mosquitto == null) {
            say("skipped: mosquitto and the bridge to it, which are not installed");
        } else {
            sides.add(new BridgeSide(load, bed, mosquitto, folder.resolve("bridge")));
            sides.add(
                    new BrokerSide(
                            load,
                            Mosquitto.start(mosquitto, folder.resolve("mosquitto")),
                            Figure.MOSQUITTO_THROUGHPUT,
                            Figure.MOSQUITTO_MESSAGE_CPU,
                            options.senders()));
        }
        if (options.hivemq()) {
            sides.add(
                    new BrokerSide(
                            load,
                            HiveMq.start(bed.java(), folder.resolve("hivemq")),
                            Figure.HIVEMQ_THROUGHPUT,
                            Figure.HIVEMQ_MESSAGE_CPU,
                            options.senders()));
        } else {
            say("skipped: HiveMQ CE, which Maven fetches with --hivemq");
        }
        Path nats = options.nats();
        if (nats == null) {
            say("skipped: nats-server, which is not installed");
        } else {
            sides.add(
                    new BrokerSide(
                            load,
                            NatsServer.start(nats, folder.resolve("nats")),
                            Figure.NATS_THROUGHPUT,
                            Figure.NATS_MESSAGE_CPU,
                            options.senders()));
        }
    }

    private void say(String line) {
        out.println(line);
        out.flush();
    }
}
