package io.lastmile.cli.dev;

import io.lastmile.cli.CommandException;
import io.lastmile.cli.Logs;
import io.lastmile.node.Lifecycle;
import io.lastmile.node.LogLevel;
import io.lastmile.node.Stop;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code lastmile kafka}: one node of Kafka in a process of its own, for tests and tours that kill
 * it. Three of them make a quorum.
 */
@Command(
        name = "kafka",
        description = "Runs one small node of Kafka, for tests and tours; three make a cluster.",
        mixinStandardHelpOptions = true)
public final class KafkaCommand implements Callable<Integer> {
    private static final int NODE_ID_MAX = 999;
    private static final int PORT_MAX = 65_535;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Where its log is (.lastmile/kafka).")
    private Path data = Path.of(".lastmile", "kafka");

    @Option(names = "--kafka.host", paramLabel = "HOST", description = "Listens there (127.0.0.1).")
    private String host = "127.0.0.1";

    @Option(names = "--kafka.port", paramLabel = "PORT", description = "For clients (9092).")
    private int port = 9092;

    @Option(
            names = "--kafka.controller.port",
            paramLabel = "PORT",
            description = "For the other nodes (9093).")
    private int controllerPort = 9093;

    @Option(names = "--node.id", paramLabel = "N", description = "Of several nodes, from 1 (1).")
    private int id = 1;

    @Option(
            names = "--voters",
            paramLabel = "ID@HOST:PORT,...",
            description = "Every node with its controller port; alone if left out.")
    private @Nullable String voters;

    private static void inRange(String option, int port) {
        if (port < 1
                || port > PORT_MAX) { // other nodes are told it, so that it cannot be any free one
            throw CommandException.usage(option + " is 1 to " + PORT_MAX + ", not " + port);
        }
    }

    @Override
    public Integer call() {
        if (id < 1 || id > NODE_ID_MAX) {
            throw CommandException.usage("--node.id is 1 to " + NODE_ID_MAX + ", not " + id);
        }
        inRange("--kafka.port", port);
        inRange("--kafka.controller.port", controllerPort);
        String quorum = voters == null ? id + "@" + host + ":" + controllerPort : voters;
        if (!("," + quorum).contains("," + id + "@")) {
            throw CommandException.usage("--voters does not name this node, " + id);
        }
        List<PortCheck.Wanted> ports = new ArrayList<>();
        ports.add(new PortCheck.Wanted("--kafka.port", host, port));
        ports.add(new PortCheck.Wanted("--kafka.controller.port", host, controllerPort));
        PortCheck.allFree(ports, "");
        var parts = new Lifecycle();
        Stop stop = Stop.closes(parts);
        try {
            DataFolder folder = parts.start("data", DataFolder.take(data));
            Logs.toFile(folder.resolve("kafka.log"), LogLevel.INFO);
            var node =
                    new KafkaNode(id, folder.resolve("kafka"), host, port, controllerPort, quorum);
            var kafka = parts.start("kafka", new EmbeddedKafka(node));
            System.out.println("Kafka node " + id + " is ready at " + kafka.bootstrap());
            System.out.flush();
            kafka.await(); // returns after a signal, or when Kafka ends by itself
        } finally {
            stop.abandon();
        }
        throw CommandException.failed("Kafka ended by itself; " + data + "/kafka.log says why");
    }
}
