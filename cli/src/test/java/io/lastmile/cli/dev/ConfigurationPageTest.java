package io.lastmile.cli.dev;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lastmile.cli.service.ConfigurationPage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** docs/configuration.md says what the code asks for. */
class ConfigurationPageTest {
    private static final Path PAGE = Path.of("..", "docs", "configuration.md");

    @Test
    void thePageIsThatOfTheCode() throws IOException {
        String made = ConfigurationPage.text(DevAddresses.manual());
        if (Boolean.getBoolean("lastmile.docs.write")) {
            Files.createDirectories(PAGE.getParent());
            Files.writeString(PAGE, made);
        }
        String committed = Files.exists(PAGE) ? Files.readString(PAGE) : "";
        assertEquals(
                made,
                committed,
                "write it anew: mvn -pl cli -am test -Dtest=ConfigurationPageTest"
                        + " -Dsurefire.failIfNoSpecifiedTests=false -Dlastmile.docs.write=true");
    }
}
