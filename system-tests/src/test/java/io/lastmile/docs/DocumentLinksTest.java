package io.lastmile.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lastmile.architecture.SourceTree;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Every relative link in the Markdown leads somewhere, and every page can be found. */
class DocumentLinksTest {
    private static final Pattern LINK = Pattern.compile("\\[[^\\]]*]\\(([^)\\s]+)\\)");

    @Test
    void everyRelativeLinkResolves() {
        List<String> broken = new ArrayList<>();
        int links = 0;
        for (Path page : SourceTree.files(".md")) {
            Matcher link = LINK.matcher(SourceTree.text(page));
            while (link.find()) {
                String target = link.group(1);
                if (!target.startsWith("http:") && !target.startsWith("https:")) {
                    links++;
                    if (!resolves(page, target)) {
                        broken.add(SourceTree.name(page) + ": " + target);
                    }
                }
            }
        }
        assertTrue(links > 20, "links are found");
        assertEquals("", String.join("\n", broken), "links that lead nowhere");
    }

    @Test
    void everyPageIsLinked() {
        Set<Path> linked = new HashSet<>();
        for (Path page : SourceTree.files(".md")) {
            Matcher link = LINK.matcher(SourceTree.text(page));
            while (link.find()) {
                String path = link.group(1).replaceAll("#.*", "");
                linked.add(page.resolveSibling(path).normalize());
            }
        }
        List<String> lost = new ArrayList<>();
        for (Path page : SourceTree.files(".md")) {
            boolean entrance = SourceTree.folder(page).equals(SourceTree.root());
            boolean byFolder =
                    page.endsWith("README.md") && linked.contains(SourceTree.folder(page));
            if (!entrance && !byFolder && !linked.contains(page)) {
                lost.add(SourceTree.name(page));
            }
        }
        assertEquals("", String.join("\n", lost), "pages that no page links to");
    }

    private static boolean resolves(Path page, String target) {
        int hash = target.indexOf('#');
        String path = hash < 0 ? target : target.substring(0, hash);
        Path file = path.isEmpty() ? page : page.resolveSibling(path).normalize();
        if (!Files.exists(file)) {
            return false;
        }
        return hash < 0 || anchors(file).contains(target.substring(hash + 1));
    }

    /** The anchors that hosts make of headings: lower case, hyphens for spaces, no punctuation. */
    private static Set<String> anchors(Path page) {
        Set<String> anchors = new HashSet<>();
        for (String line : SourceTree.text(page).lines().toList()) {
            if (line.startsWith("#")) {
                anchors.add(
                        line.replaceFirst("^#+ *", "")
                                .toLowerCase(Locale.ROOT)
                                .replaceAll("[^a-z0-9 _-]", "")
                                .replace(' ', '-'));
            }
        }
        return anchors;
    }
}
