package io.lastmile.cli.replay;

import io.lastmile.cli.CommandException;
import io.lastmile.cli.Devices;
import io.lastmile.cli.KafkaOptions;
import io.lastmile.cli.Logs;
import io.lastmile.cli.PointInTime;
import io.lastmile.wire.DeviceId;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Unmatched;

/** {@code lastmile replay}. */
@Command(
        name = "replay",
        description =
                "Sends a device's messages of some time again, through the same path. Each new message says with replay-of which one it repeats.",
        mixinStandardHelpOptions = true)
public final class ReplayCommand implements Callable<Integer> {
    @Spec private @Nullable CommandSpec spec;

    @Option(names = "--device", paramLabel = "ID", required = true, description = "Whose messages.")
    private String device = "";

    @Option(
            names = "--from",
            paramLabel = "TIME",
            required = true,
            description = "Accepted at or after, such as 2026-11-23T10:15:00Z.")
    private String from = "";

    @Option(names = "--to", paramLabel = "TIME", description = "Accepted before; now if left out.")
    private @Nullable String to;

    @Option(
            names = "--to-device",
            paramLabel = "ID",
            description = "To whom; the same device if left out.")
    private @Nullable String toDevice;

    @Option(names = "--dry-run", description = "Says what would be sent and sends nothing.")
    private boolean dryRun;

    @Unmatched private List<String> rest = new ArrayList<>();

    @Mixin private KafkaOptions kafka = new KafkaOptions();

    @Override
    public Integer call() {
        Logs.quiet();
        DeviceId source = Devices.parse("--device", device);
        DeviceId target = toDevice == null ? source : Devices.parse("--to-device", toDevice);
        long fromMs = PointInTime.parse("--from", from, "");
        long toMs = to == null ? Long.MAX_VALUE : PointInTime.parse("--to", to, "");
        if (toMs <= fromMs) {
            throw CommandException.usage("--to must be later than --from");
        }
        var replay = new Replay(kafka.settings(rest), source, target, fromMs, toMs);
        Replay.Summary summary = replay.run(dryRun);
        PrintWriter out = java.util.Objects.requireNonNull(spec).commandLine().getOut();
        out.println(summary.text(dryRun, source, target));
        out.flush();
        return 0;
    }
}
