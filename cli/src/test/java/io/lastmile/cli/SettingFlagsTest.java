package io.lastmile.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class SettingFlagsTest {
    @Test
    void aSettingTakesTheNextWord() {
        assertEquals(
                List.of(
                        "--kafka.bootstrap=h:1",
                        "receipts",
                        "--json",
                        "--config=f",
                        "--device",
                        "d"),
                SettingFlags.joined(
                        List.of(
                                "--kafka.bootstrap",
                                "h:1",
                                "receipts",
                                "--json",
                                "--config",
                                "f",
                                "--device",
                                "d")));
    }

    @Test
    void aSettingBeforeAnOptionStaysAsItIs() {
        List<String> given = List.of("--kafka.single-replica", "--json", "--a.b=c", "d", "--e.f");
        assertEquals(given, SettingFlags.joined(given));
    }

    @Test
    void whatHasNoDotIsNoSetting() {
        CommandException e =
                assertThrows(
                        CommandException.class,
                        () -> SettingFlags.checked(List.of("--a.b=c", "--devcie=d")));
        assertEquals(CommandException.USAGE, e.exitCode());
        assertTrue(String.valueOf(e.getMessage()).contains("--devcie"), e.getMessage());
    }
}
