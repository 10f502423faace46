package io.lastmile.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class MainTest {
    private static MainRun run(String... arguments) {
        return MainRun.of(List.of(arguments));
    }

    @Test
    void helpListsEveryCommand() {
        MainRun run = run("--help");
        assertEquals(0, run.exitCode());
        for (String command : Main.commandLine().getSubcommands().keySet()) {
            assertTrue(run.out().contains("\n  " + command + " "), command + " in\n" + run.out());
        }
    }

    private static Stream<CommandLine> commands() {
        return allOf(Main.commandLine());
    }

    private static Stream<CommandLine> allOf(CommandLine line) {
        return Stream.concat(
                Stream.of(line), line.getSubcommands().values().stream().flatMap(MainTest::allOf));
    }

    @Test
    void everyCommandHasHelp() {
        commands()
                .skip(1)
                .forEach(command -> {
                    List<String> call = new ArrayList<>();
                    String name = command.getCommandSpec().qualifiedName();
                    call.addAll(List.of(name.split(" ")).subList(1, name.split(" ").length));
                    call.add("--help");
                    MainRun run = MainRun.of(call);
                    assertEquals(0, run.exitCode(), name + run.err());
                    assertTrue(run.out().startsWith("Usage: " + name + " "), run.out());
                });
    }

    /** The list of commands shows the first of a description's texts: no half sentence. */
    @Test
    void helpSpeaksInWholeSentences() {
        commands()
                .forEach(command -> {
                    var spec = command.getCommandSpec();
                    for (String text : spec.usageMessage().description()) {
                        assertTrue(text.endsWith("."), spec.qualifiedName() + ": " + text);
                    }
                    spec.args().stream()
                            .filter(arg -> !arg.hidden())
                            .forEach(arg -> {
                                String text = String.join(" ", arg.description());
                                String where =
                                        spec.qualifiedName() + " " + arg.paramLabel() + ": " + text;
                                assertTrue(text.matches("\\S.*\\."), where);
                            });
                });
    }

    @Test
    void helpBreaksLinesBetweenWords() {
        String keys = run("keys", "--help").out();
        assertTrue(keys.contains("(api.keys)"), keys);
        assertTrue(keys.contains("send, read, channels,"), keys);
        assertTrue(run("dev", "--help").out().contains("(.lastmile/dev)"));
        String replay = run("replay", "--help").out();
        assertTrue(replay.contains("2026-11-23T10:15:00Z"), replay);
        assertFalse(replay.matches("(?s).*[\\uE000-\\uF8FF].*"), replay);
    }

    @Test
    void aServicesHelpListsItsSettings() {
        MainRun run = run("router", "--help");
        assertTrue(run.out().contains("--kafka.bootstrap"), run.out());
        assertTrue(run.out().contains("--router.window"), run.out());
        assertTrue(run.out().contains("--admin.port"), run.out());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "bogus | bogus",
                "tail | TOPIC",
                "tail nonsense | nonsense",
                "tail messages --from yesterday | --from",
                "tail messages --device a/b | --device",
                "tail nodes --device a | --device",
                "tail messages --count 0 | --count",
                "tail messages --bogus | --bogus",
                "tail messages --kafka.partitions=many | kafka.partitions",
                "tail messages --config=/no/such/file | /no/such/file",
                "replay --device a | --from",
                "trace hello | hello",
                "trace --broadcast b1 | --device",
                "trace --broadcast x --device a | x",
                "trace 1-1 --broadcast b1 | --broadcast",
                "channels | subcommand",
                "channels show a/b | channel name",
                "channels join news | --from",
                "channels join news --from=/no/such | /no/such",
                "channels list --api=ftp://x | --api",
                "channels list --key-file=/no/such | /no/such",
                "broadcasts show 42 | b1042",
                "broadcasts devices b1 | --outcome",
                "trace --device a --from yesterday | --from",
                "tail nonsense | revocations",
                "ready | PORT",
                "ready x | PORT",
                "version --bogus | --bogus",
                "replay --device a --from 2026-01-02T00:00:00Z --to 2026-01-01T00:00:00Z | --to",
                "replay --device a --from today | --from",
                "router --no-dot | --no-dot",
                "router --log.level=loud | log.level",
                "kafka --kafka.port=x | --kafka.port",
                "kafka --kafka.port=99999 | --kafka.port",
                "kafka --kafka.controller.port=0 | --kafka.controller.port",
                "kafka --node.id=0 | --node.id",
                "keys a --file=/no/such/keys --scopes=send | /no/such",
                "password a --file=/no/such/passwords | /no/such",
                "kafka --voters 7@127.0.0.1:1 | --voters",
                "verify | checkout",
                "warm x | x",
                "dev --port-offset -1 | --port-offset",
                "dev --port-offset x | --port-offset",
                "dev --port-offset 50001 | --port-offset",
                "dev --kafka.bootstrap=127.0.0.1:1 | --kafka.bootstrap",
                "dev --api.port=99999 | api.port"
            })
    void aWrongCallIsOneLineAndTwo(String arguments, String named) {
        MainRun run = run(arguments.split(" "));
        assertEquals(2, run.exitCode(), run.err());
        assertEquals(1, run.err().lines().count(), run.err());
        assertTrue(run.err().startsWith("lastmile"), run.err());
        assertTrue(run.err().contains(named), run.err());
        assertFalse(run.err().contains("Exception"), run.err());
    }

    /** It would choose everybody or nobody: most often a variable in a script had no value. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "replay --from 2026-01-01T00:00:00Z --device-prefix= | --device-prefix",
                "replay --from 2026-01-01T00:00:00Z --device= | --device",
                "replay --from 2026-01-01T00:00:00Z --device=, | --device",
                "replay --from 2026-01-01T00:00:00Z --device=a, | --device",
                "replay --from 2026-01-01T00:00:00Z --to-device=, | --to-device",
                "replay --from 2026-01-01T00:00:00Z --outcome= | --outcome",
                "replay --ids= | --ids",
                "replay --from= | --from",
                "replay --ids 0-1 --to= | --to",
                "keys a --file=/no/such/keys --scopes=send --devices= | --devices",
                "keys a --file=/no/such/keys --scopes=send --devices=a, | --devices",
                "keys a --file=/no/such/keys --scopes= | --scopes",
                "trace --device= | --device",
                "trace --device a --from= | --from",
                "tail messages --device= | --device",
                "tail messages --from= | --from"
            })
    void anEmptySelectionIsAWrongCall(String arguments, String named) {
        aWrongCallIsOneLineAndTwo(arguments, named);
    }

    @Test
    void withoutACommandItShowsTheHelpAndFails() {
        MainRun run = run();
        assertEquals(2, run.exitCode());
        assertTrue(run.err().startsWith("Usage: lastmile"), run.err());
    }

    @Test
    void noKafkaIsOneLineAndOne() {
        MainRun run = run("tail", "messages", "--kafka.bootstrap=127.0.0.1:1", "--no-follow");
        assertEquals(1, run.exitCode(), run.err());
        assertEquals(1, run.err().lines().count(), run.err());
        assertTrue(run.err().contains("127.0.0.1:1"), run.err());
    }

    @ParameterizedTest
    @ValueSource(strings = {"--log.level=loud", "--router.windows=3", "--router.window=many"})
    void aServiceThatIsStartedWithoutTheParserTakesNothingWrongEither(String setting) {
        assertEquals(2, Main.run(List.of("router", setting)));
    }
}
