package io.lastmile.cli.dev;

import io.lastmile.cli.CommandException;
import io.lastmile.cli.Logs;
import io.lastmile.cli.SettingFlags;
import io.lastmile.node.Lifecycle;
import io.lastmile.node.LogLevel;
import io.lastmile.node.Settings;
import io.lastmile.node.Stop;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Unmatched;

/** {@code lastmile dev}. */
@Command(
        name = "dev",
        description = {
            "Runs everything in one process, with a Kafka of its own: API, router and edge.",
            "Listens on 127.0.0.1 and asks for no keys. Every setting of the services is a flag here too, for example --api.port=8081."
        },
        mixinStandardHelpOptions = true)
public final class DevCommand implements Callable<Integer> {
    private static final Logger LOG = LoggerFactory.getLogger(DevCommand.class);

    @Spec private @Nullable CommandSpec spec;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Where Kafka's log and the log file are (.lastmile/dev).")
    private Path data = Path.of(".lastmile", "dev");

    @Option(names = "--fresh", description = "Starts empty: deletes the data of earlier runs.")
    private boolean fresh;

    @Option(
            names = "--port-offset",
            paramLabel = "N|auto",
            description =
                    "Adds N to every port that is not given by itself; to run several at once. auto: an N at which all are free.")
    private String portOffset = "0";

    @Option(
            names = "--until-ready",
            hidden = true,
            description = "Ends as soon as all is ready, for measuring and for the AOT cache.")
    private boolean untilReady;

    @Unmatched private List<String> flags = new ArrayList<>();

    @Override
    public Integer call() throws Exception {
        long startedNs = System.nanoTime();
        List<String> given = SettingFlags.checked(flags);
        Settings asked = Settings.read(given, System.getenv());
        if (given.stream().anyMatch(flag -> flag.startsWith("--kafka.bootstrap="))) {
            throw CommandException.usage(
                    "dev brings its own Kafka; for another one start lastmile api, router and edge with --kafka.bootstrap");
        }
        DevAddresses addresses =
                PortOffset.addresses(asked, portOffset, ThreadLocalRandom.current());

        Lifecycle parts = new Lifecycle();
        Stop stop = Stop.closes(parts);
        try {
            DataFolder folder = parts.start("data", DataFolder.take(data));
            if (fresh) {
                folder.delete("kafka");
            }
            Logs.toFile(folder.resolve("dev.log"), LogLevel.from(asked));
            if (LogLevel.from(asked) == LogLevel.INFO) {
                Logs.kafkaOnlyWarns();
            }
            Settings settings = settings(given, asked, addresses);
            Dev.start(parts, settings, folder.resolve("kafka"), addresses);
        } catch (Exception e) {
            LOG.atError().setCause(e).log("Failed to start");
            stop.abandon();
            throw e;
        }
        say(Welcome.text(addresses, (System.nanoTime() - startedNs) / 1_000_000, data));
        if (untilReady) {
            stop.abandon();
        } else {
            stop.await();
        }
        return 0;
    }

    private void say(String text) {
        PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
        out.print(text);
        out.flush();
    }

    /** What was given, and what {@code dev} adds where nothing was. */
    private static Settings settings(List<String> given, Settings asked, DevAddresses addresses) {
        List<String> all = new ArrayList<>(given);
        all.addAll(addresses.flags());
        all.add("--kafka.bootstrap=" + addresses.address("kafka.port"));
        all.add("--kafka.single-replica=true");
        addUnlessGiven(all, asked, "kafka.partitions", "16");
        addUnlessGiven(all, asked, "hop.secret", randomSecret());
        addUnlessGiven(all, asked, "edge.channels.subscribe", "any");
        Settings settings = Settings.read(all, System.getenv());
        LogLevel.from(settings);
        new DevAddresses(settings, 0); // asks for its keys, so that they are known to be settings
        return settings;
    }

    private static void addUnlessGiven(
            List<String> flags, Settings asked, String key, String value) {
        if (!asked.isGiven(key)) {
            flags.add("--" + key + "=" + value);
        }
    }

    private static String randomSecret() {
        byte[] secret = new byte[16];
        new SecureRandom().nextBytes(secret);
        return HexFormat.of().formatHex(secret);
    }
}
