package io.lastmile.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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

    @ParameterizedTest
    @ValueSource(strings = {"dev", "api", "router", "edge", "tail", "replay", "kafka"})
    void everyCommandHasHelp(String command) {
        MainRun run = run(command, "--help");
        assertEquals(0, run.exitCode(), run.err());
        assertTrue(run.out().startsWith("Usage: lastmile " + command), run.out());
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
                "replay --device a --from 2026-01-02T00:00:00Z --to 2026-01-01T00:00:00Z | --to",
                "replay --device a --from today | --from",
                "router --no-dot | --no-dot",
                "router --log.level=loud | log.level",
                "kafka --kafka.port=x | --kafka.port",
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
