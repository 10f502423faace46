package io.lastmile.cli.trace;

import io.lastmile.cli.CommandException;
import io.lastmile.cli.Devices;
import io.lastmile.cli.KafkaAccess;
import io.lastmile.cli.KafkaOptions;
import io.lastmile.cli.Logs;
import io.lastmile.cli.NodesNow;
import io.lastmile.cli.PointInTime;
import io.lastmile.node.Clock;
import io.lastmile.node.kafka.KafkaSettings;
import io.lastmile.node.kafka.TraceReader;
import io.lastmile.node.trace.DeviceTrace;
import io.lastmile.node.trace.MessageTrace;
import io.lastmile.node.trace.NoTraceException;
import io.lastmile.node.trace.Verdict;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.MessageId;
import io.lastmile.wire.record.Topic;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.consumer.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Unmatched;

/** {@code lastmile trace ID} and {@code lastmile trace --device ID}. */
@Command(
        name = "trace",
        description =
                "Tells the life of a message, and why its device did or did not get it; or what happened to a device. It reads the topics and disturbs nobody.",
        mixinStandardHelpOptions = true)
public final class TraceCommand implements Callable<Integer> {
    /** How far back the last session before a message is looked for. */
    private static final long LOOKBACK_MS = 24 * 3_600_000L;

    @Spec private @Nullable CommandSpec spec;

    @Parameters(
            arity = "0..1",
            paramLabel = "ID",
            description = "A message, such as 3-1042: what its POST answered.")
    private @Nullable String id;

    @Option(names = "--device", paramLabel = "ID", description = "A device instead of a message.")
    private @Nullable String device;

    @Option(
            names = "--from",
            paramLabel = "TIME",
            description =
                    "Of a device: since then, such as 2026-11-23T10:15:00Z; for 24 hours if left out.")
    private @Nullable String from;

    @Option(names = "--to", paramLabel = "TIME", description = "Of a device: until then.")
    private @Nullable String to;

    @Option(names = "--json", description = "One JSON object.")
    private boolean json;

    @Unmatched private List<String> rest = new ArrayList<>();

    @Mixin private KafkaOptions kafka = new KafkaOptions();

    @Override
    public Integer call() {
        if ((id == null) == (device == null)) {
            throw CommandException.usage("trace takes the id of a message, or --device");
        }
        if (id != null && (from != null || to != null)) {
            throw CommandException.usage("--from and --to go with --device");
        }
        Logs.quiet();
        long nowMs = Clock.system().nowMs();
        KafkaSettings settings = kafka.settings(rest);
        PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
        try (Consumer<byte[], byte[]> consumer = KafkaAccess.reader(settings)) {
            TraceReader reader =
                    new TraceReader(
                            settings,
                            consumer,
                            KafkaAccess.partitions(
                                    consumer, settings, settings.topic(Topic.MESSAGES)),
                            () -> NodesNow.read(consumer, settings).gone(),
                            LOOKBACK_MS);
            out.print(id != null ? message(reader, id, nowMs) : device(reader, nowMs));
        } catch (NoTraceException e) {
            throw CommandException.failed(e.why());
        } catch (org.apache.kafka.common.errors.TimeoutException e) {
            throw KafkaAccess.unreachable(settings);
        }
        out.flush();
        return 0;
    }

    private String message(TraceReader reader, String text, long nowMs) {
        MessageId message;
        try {
            message = MessageId.parse(text);
        } catch (IllegalArgumentException e) {
            throw CommandException.usage(text + " is no id of a message, such as 3-1042");
        }
        MessageTrace trace = reader.message(message);
        String verdict = Verdict.of(trace, nowMs);
        return json
                ? TraceText.json(trace, verdict) + System.lineSeparator()
                : TraceText.message(trace, verdict);
    }

    private String device(TraceReader reader, long nowMs) {
        DeviceId whose = Devices.parse("--device", Objects.requireNonNull(device));
        long fromMs = from == null ? nowMs - LOOKBACK_MS : PointInTime.parse("--from", from, "");
        long toMs = to == null ? Long.MAX_VALUE : PointInTime.parse("--to", to, "");
        if (toMs <= fromMs) {
            throw CommandException.usage("--to must be later than --from");
        }
        DeviceTrace trace = reader.device(whose, fromMs, toMs);
        return json ? TraceText.json(trace) + System.lineSeparator() : TraceText.device(trace);
    }
}
