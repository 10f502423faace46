package io.lastmile.cli.trace;

import io.lastmile.cli.CommandException;
import io.lastmile.cli.Devices;
import io.lastmile.cli.KafkaAccess;
import io.lastmile.cli.KafkaOptions;
import io.lastmile.cli.Logs;
import io.lastmile.cli.NodesNow;
import io.lastmile.cli.PointInTime;
import io.lastmile.cli.Selected;
import io.lastmile.node.Clock;
import io.lastmile.node.kafka.CopyReader;
import io.lastmile.node.kafka.KafkaSettings;
import io.lastmile.node.kafka.PartitionSpan;
import io.lastmile.node.kafka.TraceReader;
import io.lastmile.node.trace.DeviceTrace;
import io.lastmile.node.trace.MessageTrace;
import io.lastmile.node.trace.NoTraceException;
import io.lastmile.node.trace.Verdict;
import io.lastmile.wire.BroadcastId;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.MessageId;
import io.lastmile.wire.record.RevocationKey;
import io.lastmile.wire.record.RevocationRecord;
import io.lastmile.wire.record.Topic;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Unmatched;

/** {@code lastmile trace ID}, {@code --device ID}, and both of a broadcast. */
@Command(
        name = "trace",
        description = {
            "Tells the life of a message, and why its device did or did not get it; or what happened to a device.",
            "It reads the topics and disturbs nobody."
        },
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
            names = "--broadcast",
            paramLabel = "ID",
            description = "With --device: what became of this broadcast for it, such as b42.")
    private @Nullable String broadcast;

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
        if (broadcast != null && device == null) {
            throw CommandException.usage("--broadcast goes with --device");
        }
        if ((id != null || broadcast != null) && (from != null || to != null)) {
            throw CommandException.usage("--from and --to go with --device alone");
        }
        Selected.notEmpty("--from", from);
        Selected.notEmpty("--to", to);
        Logs.quiet();
        long nowMs = Clock.system().nowMs();
        MessageId message = id == null ? null : messageId(id);
        BroadcastId copied = broadcast == null ? null : broadcastId(broadcast);
        DeviceId whose = device == null ? null : Devices.parse("--device", device);
        long fromMs = from == null ? nowMs - LOOKBACK_MS : PointInTime.parse("--from", from, "");
        long toMs = to == null ? Long.MAX_VALUE : PointInTime.parse("--to", to, "");
        if (toMs <= fromMs) {
            throw CommandException.usage("--to must be later than --from");
        }
        KafkaSettings settings = kafka.settings(rest);
        PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
        try (Consumer<byte[], byte[]> consumer = KafkaAccess.reader(settings)) {
            if (message != null) {
                TraceReader reader = reader(consumer, settings);
                out.print(message(trace(reader, message, settings), nowMs));
            } else if (copied != null) {
                CopyReader reader = copies(consumer, settings);
                out.print(message(reader.copy(copied, Objects.requireNonNull(whose)), nowMs));
            } else {
                TraceReader reader = reader(consumer, settings);
                out.print(device(reader, Objects.requireNonNull(whose), fromMs, toMs));
            }
        } catch (NoTraceException e) {
            throw CommandException.failed(e.why());
        } catch (org.apache.kafka.common.errors.TimeoutException e) {
            throw KafkaAccess.unreachable(settings);
        }
        out.flush();
        return 0;
    }

    private static TraceReader reader(Consumer<byte[], byte[]> consumer, KafkaSettings settings) {
        return new TraceReader(
                settings,
                consumer,
                KafkaAccess.partitions(consumer, settings, settings.topic(Topic.MESSAGES)),
                () -> NodesNow.read(consumer, settings).gone(),
                one -> revocation(consumer, settings, one),
                LOOKBACK_MS);
    }

    private static CopyReader copies(Consumer<byte[], byte[]> consumer, KafkaSettings settings) {
        return new CopyReader(
                settings,
                consumer,
                KafkaAccess.partitions(consumer, settings, settings.topic(Topic.MESSAGES)),
                () -> NodesNow.read(consumer, settings).gone(),
                one -> revocation(consumer, settings, one),
                LOOKBACK_MS);
    }

    /** Its life, or where it stands behind an open transaction, only that. */
    private static MessageTrace trace(
            TraceReader committed, MessageId message, KafkaSettings settings) {
        try {
            return committed.message(message);
        } catch (NoTraceException e) {
            if (!e.isBeyondStable()) {
                throw e;
            }
            try (Consumer<byte[], byte[]> all = KafkaAccess.readerOfUncommitted(settings)) {
                return reader(all, settings).behindOpenTransaction(message);
            }
        }
    }

    /** What revocations says of a device last. */
    private static Optional<RevocationRecord> revocation(
            Consumer<byte[], byte[]> consumer, KafkaSettings settings, DeviceId device) {
        byte[] key = new RevocationKey(device, false).encode();
        List<RevocationRecord> last = new ArrayList<>(); // one, or none
        TopicPartition only = new TopicPartition(settings.topic(Topic.REVOCATIONS), 0);
        PartitionSpan.all(consumer, only)
                .read(
                        consumer,
                        record -> {
                            if (Arrays.equals(record.key(), key)) {
                                last.clear();
                                if (record.value() != null) {
                                    last.add(RevocationRecord.decode(record.value()));
                                }
                            }
                            return false;
                        });
        return last.stream().findFirst();
    }

    private static BroadcastId broadcastId(String text) {
        try {
            return BroadcastId.parse(text);
        } catch (IllegalArgumentException e) {
            throw CommandException.usage("--broadcast " + text + ": " + BroadcastId.RULE);
        }
    }

    private static MessageId messageId(String text) {
        try {
            return MessageId.parse(text);
        } catch (IllegalArgumentException e) {
            throw CommandException.usage(text + " is no id of a message, such as 3-1042");
        }
    }

    private String message(MessageTrace trace, long nowMs) {
        String verdict = Verdict.of(trace, nowMs);
        return json
                ? TraceText.json(trace, verdict) + System.lineSeparator()
                : TraceText.message(trace, verdict);
    }

    private String device(TraceReader reader, DeviceId whose, long fromMs, long toMs) {
        DeviceTrace trace = reader.device(whose, fromMs, toMs);
        return json ? TraceText.json(trace) + System.lineSeparator() : TraceText.device(trace);
    }
}
