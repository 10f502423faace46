package io.lastmile.cli.demo;

import io.lastmile.cli.CommandException;
import io.lastmile.cli.Logs;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code lastmile demo}. */
@Command(
        name = "demo",
        description = {
            "Devices and a producer, so that there is something to see, until it is stopped.",
            "They show who they are with nothing: for a keyless installation. Ends with 1 where no message is accepted."
        },
        mixinStandardHelpOptions = true)
public final class DemoCommand implements Callable<Integer> {
    private static final int DEVICES_MAX = 10_000;
    private static final int RATE_MAX = 10_000;

    @Spec private @Nullable CommandSpec spec;

    @Option(
            names = "--api",
            paramLabel = "HOST:PORT",
            defaultValue = "127.0.0.1:8080",
            converter = HostPort.class,
            description = "Where messages are posted (${DEFAULT-VALUE}).")
    private @Nullable InetSocketAddress api;

    @Option(
            names = "--mqtt",
            paramLabel = "HOST:PORT",
            defaultValue = "127.0.0.1:1883",
            converter = HostPort.class,
            description = "Where devices connect (${DEFAULT-VALUE}).")
    private @Nullable InetSocketAddress mqtt;

    @Option(
            names = "--devices",
            paramLabel = "N",
            description = "Every tenth of them is away (${DEFAULT-VALUE}).")
    private int devices = 20;

    @Option(
            names = "--rate",
            paramLabel = "N",
            description = "Messages a second (${DEFAULT-VALUE}).")
    private int rate = 5;

    @Option(
            names = "--messages",
            paramLabel = "N",
            description = "Ends after so many; otherwise it does not end.")
    private long messages = Long.MAX_VALUE;

    @Override
    public Integer call() {
        if (devices < 1 || devices > DEVICES_MAX || rate < 1 || rate > RATE_MAX) {
            throw CommandException.usage(
                    "--devices is 1 to %d, --rate is 1 to %d".formatted(DEVICES_MAX, RATE_MAX));
        }
        if (messages < 1) {
            throw CommandException.usage("--messages is 1 or more");
        }
        Logs.quiet();
        PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
        InetSocketAddress where = Objects.requireNonNull(api);
        try (Demo demo = new Demo(devices, where, Objects.requireNonNull(mqtt))) {
            Thread atSignal = new Thread(() -> tell(demo, out), "lastmile-demo-end");
            Runtime.getRuntime().addShutdownHook(atSignal);
            demo.send(rate, messages, out);
            demo.awaitEnd();
            forget(atSignal);
            tell(demo, out);
            if (demo.hasSentNothing()) {
                throw CommandException.failed(
                        "nothing was sent: no message was accepted at %s:%d (%s)"
                                .formatted(
                                        where.getHostString(),
                                        where.getPort(),
                                        demo.lastRefusal()));
            }
        }
        return 0;
    }

    /** The sums, also where Ctrl-C or SIGTERM ends it. */
    private static void tell(Demo demo, PrintWriter out) {
        out.println(demo);
        out.flush();
    }

    private static void forget(Thread atSignal) {
        try {
            Runtime.getRuntime().removeShutdownHook(atSignal);
        } catch (IllegalStateException e) {
            // already ending by a signal: then the hook tells the same
        }
    }
}
