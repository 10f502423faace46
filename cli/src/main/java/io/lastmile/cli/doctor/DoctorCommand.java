package io.lastmile.cli.doctor;

import io.lastmile.cli.CommandException;
import io.lastmile.cli.KafkaAccess;
import io.lastmile.cli.KafkaOptions;
import io.lastmile.cli.Logs;
import io.lastmile.cli.NodesNow;
import io.lastmile.cli.output.Fields;
import io.lastmile.cli.output.LineFormat;
import io.lastmile.node.Clock;
import io.lastmile.node.kafka.ClusterReport;
import io.lastmile.node.kafka.HeldBackReport;
import io.lastmile.node.kafka.KafkaSettings;
import io.lastmile.node.kafka.TopicReport;
import io.lastmile.wire.record.Topic;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Unmatched;

/** {@code lastmile doctor}. */
@Command(
        name = "doctor",
        description = {
            "Looks at a deployment: brokers, topics, routers and edges, and the limits of this machine.",
            "Says what to change, and changes nothing. Ends with 1 where something fails."
        },
        mixinStandardHelpOptions = true)
public final class DoctorCommand implements Callable<Integer> {
    @Spec private @Nullable CommandSpec spec;

    @Option(names = "--json", description = "One JSON object a line.")
    private boolean json;

    @Option(
            names = "--connections",
            paramLabel = "N",
            description = "Devices that an edge on this machine is to hold (100000).")
    private long connections = 100_000;

    @Unmatched private List<String> rest = new ArrayList<>();

    @Mixin private KafkaOptions kafka = new KafkaOptions();

    @Override
    public Integer call() {
        if (connections < 1 || connections > 10_000_000) {
            throw CommandException.usage("--connections is 1 to 10000000");
        }
        Logs.quiet();
        KafkaSettings settings = kafka.settings(rest);
        List<Finding> findings = new ArrayList<>();
        try (Admin admin = KafkaAccess.admin(settings)) {
            List<TopicReport> topics = TopicReport.read(admin, settings);
            findings.addAll(KafkaChecks.of(ClusterReport.read(admin), topics));
            topics.stream()
                    .filter(topic -> topic.topic() == Topic.MESSAGES)
                    .map(topic -> HeldBackReport.read(admin, settings, topic.partitions()))
                    .map(held -> KafkaChecks.heldBack(held, Clock.system().nowMs()))
                    .forEach(findings::addAll);
            if (topics.stream().anyMatch(topic -> topic.topic() == Topic.NODES)) {
                findings.addAll(nodes(settings, topics.getFirst().partitions()));
            }
        } catch (org.apache.kafka.common.errors.TimeoutException e) {
            findings.add(
                    Finding.fail(
                            "kafka",
                            "none answers at %s: start it, or say where it is with --kafka.bootstrap"
                                    .formatted(settings.bootstrap())));
        } catch (KafkaException e) {
            findings.add(Finding.fail("kafka", "refused: " + e.getMessage()));
        }
        findings.addAll(MachineChecks.of(Path.of("/proc"), connections));
        print(findings);
        return findings.stream().anyMatch(found -> found.level() == Finding.Level.FAIL)
                ? CommandException.FAILED
                : 0;
    }

    private static List<Finding> nodes(KafkaSettings settings, int partitions) {
        long nowMs = Clock.system().nowMs();
        try (Consumer<byte[], byte[]> consumer = KafkaAccess.reader(settings)) {
            NodesNow nodes = NodesNow.read(consumer, settings);
            List<Finding> findings = new ArrayList<>(NodeChecks.of(nodes, partitions, nowMs));
            findings.addAll(Reachability.of(nodes.here(nowMs)));
            return findings;
        }
    }

    private void print(List<Finding> findings) {
        PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
        for (Finding found : findings) {
            String level = found.level().label();
            out.println(
                    json
                            ? LineFormat.JSON.line(
                                    new Fields()
                                            .put("level", level)
                                            .put("what", found.what())
                                            .put("says", found.says())
                                            .map())
                            : "%-4s  %-30s  %s".formatted(level, found.what(), found.says()));
        }
        out.flush();
    }
}
