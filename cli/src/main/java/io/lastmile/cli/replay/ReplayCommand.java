package io.lastmile.cli.replay;

import io.lastmile.cli.CommandException;
import io.lastmile.cli.Devices;
import io.lastmile.cli.KafkaAccess;
import io.lastmile.cli.KafkaOptions;
import io.lastmile.cli.Logs;
import io.lastmile.cli.PointInTime;
import io.lastmile.cli.Selected;
import io.lastmile.node.Clock;
import io.lastmile.node.Counted;
import io.lastmile.node.kafka.KafkaSettings;
import io.lastmile.node.kafka.LogSource;
import io.lastmile.node.kafka.TopicTarget;
import io.lastmile.node.replay.Course;
import io.lastmile.node.replay.Pace;
import io.lastmile.node.replay.Repeats;
import io.lastmile.node.replay.Replay;
import io.lastmile.node.replay.ReplayFailedException;
import io.lastmile.node.replay.Selection;
import io.lastmile.node.replay.Target;
import io.lastmile.node.replay.Totals;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.Outcome;
import io.lastmile.wire.record.Topic;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Unmatched;

/** {@code lastmile replay}. */
@Command(
        name = "replay",
        description = {
            "Sends messages of some time again, through the same path, or writes them to a file.",
            "Each copy says with replay-of which one it repeats."
        },
        mixinStandardHelpOptions = true)
public final class ReplayCommand implements Callable<Integer> {
    private static final double RATE_DEFAULT = 1_000;

    @Spec private @Nullable CommandSpec spec;

    @Option(
            names = "--device",
            paramLabel = "ID,...",
            description = "Whose messages; several with commas. Of all devices if left out.")
    private List<String> devices = new ArrayList<>();

    @Option(
            names = "--device-prefix",
            paramLabel = "TEXT",
            description = "Only of devices whose id begins so.")
    private @Nullable String prefix;

    @Option(
            names = "--ids",
            paramLabel = "FIRST..LAST",
            description = "Only these, of one partition, such as 3-100..3-200.")
    private @Nullable String ids;

    @Option(
            names = "--from",
            paramLabel = "TIME",
            description =
                    "Accepted at or after, such as 2026-11-23T10:15:00Z. Needed without --ids.")
    private @Nullable String from;

    @Option(names = "--to", paramLabel = "TIME", description = "Accepted before; now if left out.")
    private @Nullable String to;

    @Option(
            names = "--outcome",
            paramLabel = "OUTCOME",
            description =
                    "Only what ended so: delivered, expired, replaced, overflowed, cancelled or rejected.")
    private @Nullable String outcome;

    @Option(
            names = "--to-device",
            paramLabel = "ID,...",
            description =
                    "To whom; several with commas share the devices out. The same device if left out.")
    private List<String> toDevices = new ArrayList<>();

    @Option(
            names = "--out",
            paramLabel = "FILE",
            description = "Writes the messages there, one JSON a line, instead of sending them.")
    private @Nullable Path out;

    @Option(
            names = "--in",
            paramLabel = "FILE",
            description = "Sends the messages of a file that --out wrote, instead of the topic's.")
    private @Nullable Path in;

    @Option(
            names = "--rate",
            paramLabel = "N",
            description = "Messages a second, 0.1 to 1000000 (1000).")
    private double rate = RATE_DEFAULT;

    @Option(names = "--dry-run", description = "Says what would be sent and sends nothing.")
    private boolean dryRun;

    @Option(
            names = "--name",
            paramLabel = "NAME",
            description =
                    "Of this replay, 1 to 40 of A-Z a-z 0-9 _ -: of two copies of a message with the same name the second is settled as a duplicate. Made from the time if left out.")
    private @Nullable String name;

    @Option(
            names = "--resume",
            paramLabel = "NAME",
            description = "Goes on with a replay that was broken off, with what it was told then.")
    private @Nullable String resume;

    @Option(
            names = "--state",
            paramLabel = "FOLDER",
            description = "Where replays keep how far they are (.lastmile/replay).")
    private Path state = Path.of(".lastmile", "replay");

    @Unmatched private List<String> rest = new ArrayList<>();

    @Mixin private KafkaOptions kafka = new KafkaOptions();

    @Override
    public Integer call() {
        Logs.quiet();
        Clock clock = Clock.system();
        if (resume != null) {
            Progress progress = Progress.read(file(resume));
            if (progress.course().isDone()) {
                throw CommandException.failed(
                        "the replay %s is done: it sent %s"
                                .formatted(resume, Counted.of(progress.messages(), "message")));
            }
            ReplayCommand told = new ReplayCommand();
            new CommandLine(told).parseArgs(progress.arguments().toArray(String[]::new));
            told.spec = spec;
            told.state = state;
            told.name = resume;
            told.kafka = kafka; // where Kafka is now, and how to log in, is told anew
            told.rest = rest;
            told.run(clock, progress);
            return 0;
        }
        if (name == null) {
            name = Long.toString(clock.nowMs(), 36);
        }
        run(clock, null);
        return 0;
    }

    private Path file(String ofName) {
        if (!ofName.matches("[A-Za-z0-9_-]{1,40}")) {
            throw CommandException.usage(
                    "the name of a replay has 1 to 40 of A-Z a-z 0-9 _ -, not " + ofName);
        }
        return state.resolve(ofName + ".json");
    }

    private void run(Clock clock, @Nullable Progress progress) {
        checkTogether();
        Selection selection = selection();
        String ofName = Objects.requireNonNull(name);
        Path file = dryRun || out != null ? null : file(ofName);
        List<DeviceId> targets =
                toDevices.stream().map(id -> Devices.parse("--to-device", id)).toList();
        Repeats repeats = new Repeats(ofName, targets);
        Pace pace = dryRun || out != null ? null : new Pace(rate);
        PrintWriter err = Objects.requireNonNull(spec).commandLine().getErr();
        KafkaSettings settings = kafka.settings(rest);
        try (Consumer<byte[], byte[]> consumer = KafkaAccess.reader(settings)) {
            int partitions =
                    KafkaAccess.partitions(consumer, settings, settings.topic(Topic.MESSAGES));
            LogSource log = new LogSource(settings, consumer, partitions, selection);
            Progress begun = progress != null ? progress : begin(log);
            long beganNs = clock.nanoTime();
            try (Target target = target(settings, partitions)) {
                var keeping = new Keeping(ofName, file, begun, clock, err);
                var replay = new Replay(repeats, target, pace, begun.course(), clock, keeping);
                if (file != null && progress == null) {
                    err.println(
                            "replay %s begins; broken off, it goes on with: lastmile replay --resume %s"
                                    .formatted(ofName, ofName));
                    err.flush();
                }
                if (in == null) {
                    log.read(replay);
                } else {
                    read(in, replay);
                }
                keeping.settle(replay);
                say(ofName, replay, begun.messages(), clock.nanoTime() - beganNs);
                if (replay.totals().messages() == 0 && begun.messages() == 0) {
                    throw CommandException.failed(nothing(replay));
                }
            }
        } catch (ReplayFailedException e) {
            throw CommandException.failed(String.valueOf(e.getMessage()));
        } catch (org.apache.kafka.common.errors.TimeoutException e) {
            throw KafkaAccess.unreachable(settings);
        }
    }

    private void checkTogether() {
        devices = Selected.each("--device", devices);
        toDevices = Selected.each("--to-device", toDevices);
        Selected.notEmpty("--device-prefix", prefix);
        Selected.notEmpty("--ids", ids);
        Selected.notEmpty("--from", from);
        Selected.notEmpty("--to", to);
        Selected.notEmpty("--outcome", outcome);
        if (in == null && ids == null && from == null) {
            throw CommandException.usage("replay needs --from, --ids or --in");
        }
        if (in != null
                && (ids != null || from != null || to != null || outcome != null || out != null)) {
            throw CommandException.usage(
                    "--in goes with --device, --device-prefix, --to-device, --rate, --name and --dry-run");
        }
        if (!(rate >= 0.1 && rate <= 1_000_000)) {
            throw CommandException.usage("--rate is 0.1 to 1000000, not " + rate);
        }
    }

    private Selection selection() {
        Set<DeviceId> of =
                devices.stream()
                        .map(id -> Devices.parse("--device", id))
                        .collect(Collectors.toSet());
        long fromMs = from == null ? 0 : PointInTime.parse("--from", from, "");
        long toMs = to == null ? Long.MAX_VALUE : PointInTime.parse("--to", to, "");
        if (toMs <= fromMs) {
            throw CommandException.usage("--to must be later than --from");
        }
        return new Selection(
                of.isEmpty() ? null : of,
                prefix,
                ids == null ? null : ids(ids),
                fromMs,
                toMs,
                outcome == null ? null : outcome(outcome));
    }

    private static Selection.Ids ids(String text) {
        try {
            return Selection.Ids.parse(text);
        } catch (IllegalArgumentException e) {
            throw CommandException.usage("--ids is " + e.getMessage());
        }
    }

    private static Outcome outcome(String label) {
        return Arrays.stream(Outcome.values())
                .filter(one -> one.label().equals(label))
                .findFirst()
                .orElseThrow(() ->
                        CommandException.usage(
                                "--outcome is delivered, expired, replaced, overflowed, cancelled or rejected, not "
                                        + label));
    }

    private Progress begin(LogSource log) {
        Course course =
                in == null
                        ? log.plan()
                        : Course.beginning(Map.of(0, 0L), Map.of(0, MessageFile.lines(in)));
        return new Progress(arguments(), course, 0, 0);
    }

    /** What a resumed run has to know, without where Kafka is and how to log in. */
    private List<String> arguments() {
        List<String> told = new ArrayList<>();
        devices.forEach(device -> told.add("--device=" + device));
        toDevices.forEach(device -> told.add("--to-device=" + device));
        told.add("--rate=" + rate);
        Map<String, @Nullable Object> options = new TreeMap<>();
        options.put("--device-prefix", prefix);
        options.put("--ids", ids);
        options.put("--from", from);
        options.put("--to", to);
        options.put("--outcome", outcome);
        options.put("--in", in);
        options.forEach((option, value) -> {
            if (value != null) {
                told.add(option + "=" + value);
            }
        });
        return told;
    }

    private Target target(KafkaSettings settings, int partitions) {
        if (dryRun) {
            return Target.NOWHERE;
        }
        return out == null ? new TopicTarget(settings, partitions) : new FileTarget(out);
    }

    private void read(Path file, Replay replay) {
        Selection meant =
                new Selection(
                        devices.isEmpty()
                                ? null
                                : devices.stream()
                                        .map(id -> Devices.parse("--device", id))
                                        .collect(Collectors.toCollection(HashSet::new)),
                        prefix,
                        null,
                        Long.MIN_VALUE,
                        Long.MAX_VALUE,
                        null);
        try (MessageFile lines = new MessageFile(file)) {
            long done = replay.begun().position(0);
            lines.skip(done);
            for (MessageFile.Line line = lines.next(); line != null; line = lines.next()) {
                if (meant.isOf(line.message().device())) {
                    replay.take(line.message(), line.id(), line.acceptedAtMs(), false);
                }
                replay.readTo(0, ++done);
            }
        }
    }

    private String nothing(Replay replay) {
        String what = dryRun ? "would replay" : out != null ? "wrote" : "replayed";
        return "%s nothing: there are no such messages%s"
                .formatted(
                        what,
                        replay.skipped() == 0
                                ? ""
                                : " (%s skipped)"
                                        .formatted(Counted.of(replay.skipped(), "record")));
    }

    private void say(String ofName, Replay replay, long before, long tookNs) {
        Totals totals = replay.totals();
        long skipped = replay.skipped();
        PrintWriter to = Objects.requireNonNull(spec).commandLine().getOut();
        String what = dryRun ? "would replay" : out != null ? "wrote" : "replayed";
        String and = skipped == 0 ? "" : " (%s skipped)".formatted(Counted.of(skipped, "record"));
        if (totals.messages() == 0 && before == 0) {
            return; // the caller says so
        }
        if (totals.messages() == 0) {
            to.println(what + " nothing more" + and);
        } else {
            double seconds = Math.max(tookNs, 1) / 1e9;
            String where = out != null ? " to " + out : "";
            String speed =
                    dryRun || out != null
                            ? ""
                            : ", in %.1f s (%.0f a second), as replay %s"
                                    .formatted(seconds, totals.messages() / seconds, ofName);
            String earlier =
                    before == 0
                            ? ""
                            : "; with those sent before it was broken off "
                                    + Counted.of(before + totals.messages(), "message");
            to.println(what + " " + Sentences.of(totals) + where + speed + and + earlier);
        }
        to.flush();
    }
}
