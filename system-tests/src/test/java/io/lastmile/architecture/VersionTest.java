package io.lastmile.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The version stands in one place, and the changelog begins with it. */
class VersionTest {
    private static final String SNAPSHOT = "-SNAPSHOT";

    private static String first(String regex, String text) {
        Matcher matcher = Pattern.compile(regex).matcher(text);
        assertTrue(matcher.find(), regex);
        return matcher.group(1);
    }

    private static String text(String file) {
        return SourceTree.text(SourceTree.root().resolve(file));
    }

    @Test
    void noModuleSaysItAgain() {
        List<Path> modules = SourceTree.files("pom.xml");
        assertTrue(modules.size() > 5, modules::toString);
        for (Path module : modules) {
            assertEquals(
                    "${revision}",
                    first("<version>(.*?)</version>", SourceTree.text(module)),
                    SourceTree.name(module));
        }
    }

    @Test
    void theChangelogBeginsWithIt() {
        String version = first("<revision>(.*?)</revision>", text("pom.xml"));
        String expected =
                version.endsWith(SNAPSHOT)
                        ? version.replace(SNAPSHOT, "") + ", not released"
                        : version + ", \\d{4}-\\d{2}-\\d{2}";
        String heading = first("(?m)^## (.*)$", text("CHANGELOG.md"));
        assertTrue(heading.matches(expected), heading + " is not " + expected);
    }
}
