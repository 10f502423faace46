package io.lastmile.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lastmile.architecture.SourceTree;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Each statement of the specification names tests, and each of them is there. */
class ConformanceTableTest {
    private static final Pattern LETTER =
            Pattern.compile("`([A-Z])`(?:\\s+is)?\\s+`([A-Za-z0-9]+)`");
    private static final Pattern TEST = Pattern.compile("(?:([A-Z]) )?`([A-Za-z0-9]+)`");

    private final String section = section();
    private final Map<String, String> sources = new HashMap<>();

    private static String section() {
        String page = SourceTree.text(SourceTree.root().resolve("docs/mqtt.md"));
        int start = page.indexOf("## The specifications");
        assertTrue(start >= 0, "the section is there");
        return page.substring(start);
    }

    private String source(String test) {
        return sources.computeIfAbsent(
                test,
                name -> {
                    for (Path file : SourceTree.java()) {
                        if (file.endsWith(name + ".java")) {
                            return SourceTree.text(file);
                        }
                    }
                    return "";
                });
    }

    @Test
    void everyTestItNamesExists() {
        Map<String, String> letters = new HashMap<>();
        Matcher letter = LETTER.matcher(section);
        while (letter.find()) {
            letters.put(letter.group(1), letter.group(2));
        }
        List<String> missing = new ArrayList<>();
        int rows = 0;
        for (String line : section.lines().toList()) {
            String[] cells = line.split("\\|", -1);
            if (cells.length != 5 || !Character.isDigit(cells[1].trim().charAt(0))) {
                continue;
            }
            rows++;
            missing.addAll(missing(cells[1].trim(), cells[3], letters));
        }
        assertTrue(rows > 20, rows + " rows");
        assertEquals(List.of(), missing);
    }

    private List<String> missing(String statement, String cell, Map<String, String> letters) {
        List<String> missing = new ArrayList<>();
        String type = "none";
        int named = 0;
        Matcher test = TEST.matcher(cell);
        while (test.find()) {
            String name = test.group(2);
            if (name.endsWith("Test")) {
                type = name;
                continue;
            }
            if (test.group(1) != null) {
                type = letters.getOrDefault(test.group(1), "none");
            }
            named++;
            if (!source(type).contains(" void " + name + "(")) {
                missing.add(statement + ": " + type + "." + name);
            }
        }
        if (named == 0) {
            missing.add(statement + " names no test");
        }
        return missing;
    }
}
