package io.lastmile.cli.tail;

import io.lastmile.cli.CommandException;
import io.lastmile.cli.Devices;
import io.lastmile.cli.KafkaOptions;
import io.lastmile.cli.Logs;
import io.lastmile.cli.Selected;
import io.lastmile.cli.output.LineFormat;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.record.Topic;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Unmatched;

/** {@code lastmile tail TOPIC}. */
@Command(
        name = "tail",
        description = "Prints the records of a topic, and those to come.",
        mixinStandardHelpOptions = true)
public final class TailCommand implements Callable<Integer> {
    @Spec private @Nullable CommandSpec spec;

    @Parameters(
            paramLabel = "TOPIC",
            description = "One of ${COMPLETION-CANDIDATES}.",
            completionCandidates = TopicNames.class)
    private String topic = "";

    @Option(names = "--json", description = "One JSON object a line (docs/topics.md).")
    private boolean json;

    @Option(
            names = "--from",
            paramLabel = "WHERE",
            description = "earliest (the default), latest, or a time such as 2026-11-23T10:15:00Z.")
    private String from = "earliest";

    @Option(names = "--device", paramLabel = "ID", description = "Only the records of this device.")
    private @Nullable String device;

    @Option(
            names = "--no-follow",
            description = "Ends at the end of the topic instead of waiting for more.")
    private boolean noFollow;

    @Option(names = "--count", paramLabel = "N", description = "Ends after N records, 1 or more.")
    private long count = Long.MAX_VALUE;

    @Option(
            names = "--no-payloads",
            description =
                    "Prints how long payloads are instead of what they say; so does LASTMILE_TAIL_PAYLOADS=false.")
    private boolean noPayloads;

    @Unmatched private List<String> rest = new ArrayList<>();

    @Mixin private KafkaOptions kafka = new KafkaOptions();

    @Override
    public Integer call() {
        Topic of = TopicNames.topic(topic);
        Selected.notEmpty("--from", from);
        DeviceId only = device == null ? null : Devices.parse("--device", device);
        if (only != null && of == Topic.NODES) {
            throw CommandException.usage("nodes has no records of devices: leave --device out");
        }
        if (count < 1) {
            throw CommandException.usage("--count is 1 or more");
        }
        Logs.quiet();
        var request =
                new TopicTail.Request(
                        of,
                        only,
                        StartAt.parse(from),
                        !noFollow,
                        count,
                        !noPayloads && kafka.showsPayloads(rest),
                        json ? LineFormat.JSON : LineFormat.TEXT);
        PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
        new TopicTail(request, kafka.settings(rest), out).run();
        return 0;
    }
}
