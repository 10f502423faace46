package io.lastmile.cli.topics;

import io.lastmile.cli.CommandException;
import io.lastmile.cli.KafkaAccess;
import io.lastmile.cli.KafkaOptions;
import io.lastmile.cli.Logs;
import io.lastmile.cli.NodesNow;
import io.lastmile.cli.output.Fields;
import io.lastmile.cli.output.LineFormat;
import io.lastmile.node.Clock;
import io.lastmile.node.Counted;
import io.lastmile.node.kafka.GroupReport;
import io.lastmile.node.kafka.KafkaSettings;
import io.lastmile.node.kafka.TopicReport;
import io.lastmile.wire.NodeRole;
import io.lastmile.wire.record.Topic;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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

/** {@code lastmile topics}. */
@Command(
        name = "topics",
        description = {
            "Shows the topics: settings, sizes, what the routers have yet to do, and what is wrong.",
            "Ends with 1 where something is."
        },
        mixinStandardHelpOptions = true)
public final class TopicsCommand implements Callable<Integer> {
    private static final long DAY_MS = 86_400_000L;

    @Spec private @Nullable CommandSpec spec;

    @Option(names = "--json", description = "One JSON object a line: a topic each, then the group.")
    private boolean json;

    @Unmatched private List<String> rest = new ArrayList<>();

    @Mixin private KafkaOptions kafka = new KafkaOptions();

    @Override
    public Integer call() {
        Logs.quiet();
        KafkaSettings settings = kafka.settings(rest);
        List<TopicReport> topics;
        GroupReport group;
        long routers = 0;
        try (Admin admin = KafkaAccess.admin(settings)) {
            topics = TopicReport.read(admin, settings);
            group = GroupReport.read(admin, settings);
            if (topics.stream().anyMatch(topic -> topic.topic() == Topic.NODES)) {
                routers = routers(settings);
            }
        } catch (org.apache.kafka.common.errors.TimeoutException e) {
            throw KafkaAccess.unreachable(settings);
        } catch (KafkaException e) {
            throw CommandException.failed("Kafka refused (%s)".formatted(e.getMessage()));
        }
        PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
        out.print(json ? json(topics, group, routers) : text(topics, group, routers));
        out.flush();
        boolean isWrong =
                routers == 0
                        || topics.size() < Topic.values().length
                        || topics.stream().anyMatch(topic -> !topic.problems().isEmpty());
        return isWrong ? CommandException.FAILED : 0;
    }

    private static String json(List<TopicReport> topics, GroupReport group, long routers) {
        StringBuilder text = new StringBuilder();
        for (TopicReport topic : topics) {
            Map<String, Object> line =
                    new Fields()
                            .put("topic", topic.name())
                            .put("partitions", topic.partitions())
                            .put("replication", topic.replication())
                            .put("underReplicated", topic.underReplicated())
                            .put("offsets", topic.offsets())
                            .put("bytes", topic.bytes() < 0 ? null : topic.bytes())
                            .put("cleanup", topic.config().get("cleanup.policy"))
                            .put("retentionMs", topic.config().get("retention.ms"))
                            .put("problems", topic.problems())
                            .map();
            text.append(LineFormat.JSON.line(line)).append(System.lineSeparator());
        }
        Fields lag = new Fields();
        group.lagByPartition().forEach((partition, behind) -> lag.put("" + partition, behind));
        Map<String, Object> line =
                new Fields()
                        .put("group", group.group())
                        .put("routers", routers)
                        .put("lag", group.lag())
                        .put("lagByPartition", lag.map())
                        .map();
        return text.append(LineFormat.JSON.line(line)).append(System.lineSeparator()).toString();
    }

    private static String text(List<TopicReport> topics, GroupReport group, long routers) {
        StringBuilder text = new StringBuilder();
        text.append(
                "%-22s %10s %8s %14s %10s  %s%n"
                        .formatted(
                                "topic", "partitions", "replicas", "offsets", "on disk", "keeps"));
        StringBuilder problems = new StringBuilder();
        for (TopicReport topic : topics) {
            text.append(
                    "%-22s %10d %8d %,14d %10s  %s%n"
                            .formatted(
                                    topic.name(),
                                    topic.partitions(),
                                    topic.replication(),
                                    topic.offsets(),
                                    topic.bytes() < 0 ? "?" : size(topic.bytes()),
                                    keeps(topic.config())));
            topic.problems()
                    .forEach(
                            problem -> problems.append("%s %s%n".formatted(topic.name(), problem)));
        }
        if (topics.size() < Topic.values().length) {
            int missing = Topic.values().length - topics.size();
            problems.append(
                    "%d of %d topics %s missing: a router, an edge or an API makes them when it starts%n"
                            .formatted(
                                    missing, Topic.values().length, missing == 1 ? "is" : "are"));
        }
        if (routers == 0) {
            problems.append(
                    "no router lives, so that nothing is delivered: start one with lastmile router%n"
                            .formatted());
        }
        text.append(
                "%nrouters' group %s: %s, %s behind%n"
                        .formatted(
                                group.group(),
                                Counted.of(routers, "router"),
                                Counted.of(group.lag(), "message")));
        group.lagByPartition().entrySet().stream()
                .filter(partition -> partition.getValue() > 0)
                .sorted(Map.Entry.<Integer, Long>comparingByValue().reversed())
                .limit(5)
                .forEach(partition ->
                        text.append(
                                "  partition %d: %,d%n"
                                        .formatted(partition.getKey(), partition.getValue())));
        text.append(System.lineSeparator());
        return text.append(problems.isEmpty() ? "nothing is wrong\n" : problems).toString();
    }

    /** Routers that have shown lately that they live. */
    private static long routers(KafkaSettings settings) {
        try (Consumer<byte[], byte[]> consumer = KafkaAccess.reader(settings)) {
            return NodesNow.read(consumer, settings).here(Clock.system().nowMs()).stream()
                    .filter(seen -> seen.heartbeat().role() == NodeRole.ROUTER)
                    .count();
        }
    }

    private static String keeps(Map<String, String> config) {
        if ("compact".equals(config.get("cleanup.policy"))) {
            return "the latest of each key";
        }
        String retentionMs = config.getOrDefault("retention.ms", "");
        if (!retentionMs.matches("[0-9]{1,15}")) {
            return "everything";
        }
        long ms = Long.parseLong(retentionMs);
        return ms >= DAY_MS ? Counted.of(ms / DAY_MS, "day") : Counted.of(ms / 60_000, "minute");
    }

    private static String size(long bytes) {
        if (bytes < 1 << 20) {
            return "%.1f KiB".formatted(bytes / 1024.0);
        }
        return bytes < 1 << 30
                ? "%.1f MiB".formatted(bytes / 1048576.0)
                : "%.1f GiB".formatted(bytes / 1073741824.0);
    }
}
