package io.lastmile.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lastmile.architecture.SourceTree;
import io.lastmile.wire.MessageHeader;
import io.lastmile.wire.hop.HopFrame;
import io.lastmile.wire.record.Topic;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the documents name is there, and what they must name they do. */
class DocumentNamesTest {
    private static final Pattern CODE = Pattern.compile("`([^`\n]+)`");
    private static final Pattern TYPE = Pattern.compile("\\b[A-Z][a-z]+[A-Za-z]*\\b");
    private static final Pattern CAMEL = Pattern.compile("\\b[A-Z][a-z]+[A-Z][A-Za-z]*\\b");
    private static final Pattern PACKAGE = Pattern.compile("\\bio\\.lastmile(\\.[a-z]+)+");
    private static final Pattern DECLARED =
            Pattern.compile("\\b(?:class|interface|record|enum) ([A-Z][A-Za-z0-9]*)");

    @ParameterizedTest
    @ValueSource(strings = {"README.md", "ARCHITECTURE.md"})
    void everyClassNamedExists(String page) {
        Set<String> declared = declaredTypes();
        String text = page(page);
        Set<String> named = new HashSet<>();
        Matcher code = CODE.matcher(text);
        while (code.find()) {
            if (!code.group(1).contains(" ") || code.group(1).startsWith("Write.")) {
                collect(TYPE, code.group(1), named);
            }
        }
        for (String line : text.lines().toList()) {
            if (line.startsWith("    ")) {
                collect(CAMEL, line, named);
            }
        }
        named.removeIf(name -> name.endsWith(".md"));
        assertTrue(named.size() > 5, "names are found: " + named);
        named.removeAll(declared);
        assertEquals(Set.of(), named, "named in " + page + " and not in the code");
    }

    @Test
    void everyPackageNamedExists() {
        List<String> broken = new ArrayList<>();
        Set<String> folders = new HashSet<>();
        for (Path file : SourceTree.java()) {
            folders.add(SourceTree.folder(file).toString().replace('\\', '/'));
        }
        for (Path page : SourceTree.files(".md")) {
            Matcher named = PACKAGE.matcher(SourceTree.text(page));
            while (named.find()) {
                String folder = "/" + named.group().replace('.', '/');
                if (folders.stream().noneMatch(known -> known.endsWith(folder))) {
                    broken.add(SourceTree.name(page) + ": " + named.group());
                }
            }
        }
        assertEquals(List.of(), broken, "packages that are not there");
    }

    @Test
    void theReadmeLeadsToWhatDecides() {
        String readme = page("README.md");
        assertTrue(readme.contains("io.lastmile.router.heart.PartitionHeart"));
        assertTrue(readme.lines().count() < 100, "the README is short");
    }

    @Test
    void topicsNamesEveryTopicAndHeader() {
        String page = page("docs/topics.md");
        for (Topic topic : Topic.values()) {
            assertTrue(page.contains("\n## lastmile." + topic.label() + "\n"), topic.label());
        }
        for (MessageHeader header : MessageHeader.values()) {
            assertTrue(page.contains("\n| `" + header.headerName() + "` |"), header.headerName());
        }
    }

    @Test
    void hopNamesEveryFrame() {
        String page = page("docs/hop.md");
        for (Class<?> end : List.of(HopFrame.FromRouter.class, HopFrame.FromEdge.class)) {
            String from = end.getSimpleName().replace("From", "").toLowerCase(Locale.ROOT);
            for (Class<?> frame : HopFrame.class.getNestMembers()) {
                if (!frame.isRecord() || !end.isAssignableFrom(frame)) {
                    continue;
                }
                String name =
                        frame.getSimpleName()
                                .replaceAll("([a-z])([A-Z])", "$1-$2")
                                .toLowerCase(Locale.ROOT);
                assertTrue(page.contains(" | " + name + " | " + from + " | "), name);
            }
        }
    }

    private static void collect(Pattern pattern, String text, Set<String> into) {
        Matcher matcher = pattern.matcher(text);
        while (matcher.find()) {
            into.add(matcher.group());
        }
    }

    private static Set<String> declaredTypes() {
        Set<String> types = new HashSet<>();
        for (Path file : SourceTree.java()) {
            Matcher declared = DECLARED.matcher(SourceTree.text(file));
            while (declared.find()) {
                types.add(declared.group(1));
            }
        }
        return types;
    }

    private static String page(String name) {
        return SourceTree.text(SourceTree.root().resolve(name));
    }
}
