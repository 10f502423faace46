package io.lastmile.cli;

import io.lastmile.cli.bench.BenchCommand;
import io.lastmile.cli.channels.BroadcastsCommand;
import io.lastmile.cli.channels.ChannelsCommand;
import io.lastmile.cli.demo.DemoCommand;
import io.lastmile.cli.dev.DevCommand;
import io.lastmile.cli.dev.KafkaCommand;
import io.lastmile.cli.doctor.DoctorCommand;
import io.lastmile.cli.keys.KeysCommand;
import io.lastmile.cli.keys.PasswordCommand;
import io.lastmile.cli.replay.ReplayCommand;
import io.lastmile.cli.service.ApiCommand;
import io.lastmile.cli.service.EdgeCommand;
import io.lastmile.cli.service.RouterCommand;
import io.lastmile.cli.service.ServiceCommand;
import io.lastmile.cli.service.SettingsHelp;
import io.lastmile.cli.tail.TailCommand;
import io.lastmile.cli.topics.TopicsCommand;
import io.lastmile.cli.trace.TraceCommand;
import io.lastmile.node.SettingsException;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.UsageMessageSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/**
 * The {@code lastmile} command. Whatever goes wrong is one line on the standard error; the exit
 * code is 2 for a wrong call or configuration and 1 for what failed while it ran.
 */
@Command(
        name = "lastmile",
        description = "From a Kafka topic to one device's open socket, and the proof back.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            DevCommand.class,
            DemoCommand.class,
            ApiCommand.class,
            RouterCommand.class,
            EdgeCommand.class,
            TailCommand.class,
            TraceCommand.class,
            ReplayCommand.class,
            ChannelsCommand.class,
            BroadcastsCommand.class,
            TopicsCommand.class,
            DoctorCommand.class,
            KeysCommand.class,
            PasswordCommand.class,
            BenchCommand.class,
            SimulateCommand.class,
            VerifyCommand.class,
            ReadyCommand.class,
            WarmCommand.class,
            KafkaCommand.class,
            VersionCommand.class
        },
        footer = {
            "",
            "lastmile COMMAND --help tells more. Begin with: lastmile dev",
            "LASTMILE_JAVA_OPTS passes more flags to the JVM."
        })
public final class Main {
    private Main() {}

    /** Runs a command and ends the process with its exit code. */
    public static void main(String[] arguments) {
        int exitCode = run(List.of(arguments));
        System.out.flush();
        System.exit(exitCode);
    }

    /** Runs a command: its exit code. */
    static int run(List<String> arguments) {
        List<String> joined = SettingFlags.joined(arguments);
        ServiceCommand service = joined.isEmpty() ? null : service(joined.getFirst());
        List<String> settings = joined.subList(Math.min(1, joined.size()), joined.size());
        if (service != null && SettingFlags.areAll(settings)) {
            try {
                return service.start(settings);
            } catch (SettingsException e) {
                // The command below comes to the same end, and says it as all commands do.
            } catch (InterruptedException e) {
                return CommandException.FAILED;
            }
        }
        return parsed(joined);
    }

    /**
     * The service of that name: it starts without the parser of commands where it has settings
     * only, since the parser's classes, which are too old for the AOT cache, take a fifth of the
     * start.
     */
    private static @Nullable ServiceCommand service(String name) {
        return switch (name) {
            case "api" -> new ApiCommand();
            case "router" -> new RouterCommand();
            case "edge" -> new EdgeCommand();
            default -> null;
        };
    }

    private static int parsed(List<String> joined) {
        CommandLine line = commandLine();
        line.setOut(utf8(FileDescriptor.out)); // whatever the locale says: JSON is UTF-8
        line.setErr(utf8(FileDescriptor.err));
        return line.execute(joined.toArray(String[]::new));
    }

    private static PrintWriter utf8(FileDescriptor end) {
        return new PrintWriter(new FileOutputStream(end), false, StandardCharsets.UTF_8);
    }

    static CommandLine commandLine() {
        CommandLine line = new CommandLine(new Main());
        line.setUsageHelpAutoWidth(true);
        line.setHelpFactory(WholeWords::new);
        shortSynopsis(line);
        line.setUsageHelpLongOptionsMaxWidth(30);
        line.setParameterExceptionHandler(Main::wrongCall);
        line.setExecutionExceptionHandler(Main::failed);
        line.getSubcommands().values().forEach(Main::listSettings);
        return line;
    }

    /** What is optional stands in the list of options; a synopsis of all is no synopsis. */
    private static void shortSynopsis(CommandLine line) {
        UsageMessageSpec usage = line.getCommandSpec().usageMessage();
        if (usage.customSynopsis().length == 0) {
            usage.abbreviateSynopsis(true);
        }
        line.getSubcommands().values().forEach(Main::shortSynopsis);
    }

    /** A service's help lists its settings, which are read only when somebody asks. */
    private static void listSettings(CommandLine line) {
        if (line.getCommand() instanceof ServiceCommand service) {
            line.getHelpSectionMap()
                    .put(
                            UsageMessageSpec.SECTION_KEY_FOOTER,
                            _ -> SettingsHelp.text(service.settings()));
        }
    }

    private static int wrongCall(ParameterException e, String[] arguments) {
        CommandLine line = e.getCommandLine();
        Throwable cause = e.getCause();
        String message = cause instanceof CommandException ? cause.getMessage() : e.getMessage();
        if (arguments.length == 0) {
            line.usage(line.getErr());
        } else {
            say(line, message + " (see: " + name(line) + " --help)");
        }
        return CommandException.USAGE;
    }

    private static int failed(Exception e, CommandLine line, ParseResult parsed) {
        return switch (e) {
            case CommandException told -> {
                say(line, told.getMessage());
                yield told.exitCode();
            }
            case SettingsException wrong -> {
                say(line, wrong.getMessage());
                yield CommandException.USAGE;
            }
            default -> {
                if (System.getenv("LASTMILE_STACK_TRACES") != null) {
                    e.printStackTrace(line.getErr());
                }
                say(line, reason(e));
                yield CommandException.FAILED;
            }
        };
    }

    private static String reason(Exception e) {
        String message = e.getMessage();
        String type = e.getClass().getSimpleName();
        return message == null ? type : type + ": " + message;
    }

    private static void say(CommandLine line, @Nullable String message) {
        PrintWriter err = line.getErr();
        err.println(
                name(line)
                        + ": "
                        + String.valueOf(message).strip().replaceAll("\\s*\\R\\s*", "; "));
        err.flush();
    }

    private static String name(CommandLine line) {
        return line.getCommandSpec().qualifiedName();
    }
}
