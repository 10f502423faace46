package io.lastmile.docs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lastmile.architecture.SourceTree;
import io.lastmile.cli.Main;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Every command and flag that the documents use is in the help of the command. */
class DocumentCommandsTest {
    private static final Pattern COMMAND =
            Pattern.compile(
                    "\\./lastmile ((?:bench|channels|broadcasts) [a-z]+|[a-z]+)((?: [^`|\n]*)?)");
    private static final Pattern FLAG = Pattern.compile("(?<= )--[a-z][a-z-]*(?=[ =\n]|$)");
    private static final Pattern SPACE = Pattern.compile(" ");

    @Test
    void everyCommandAndFlagIsInTheHelp() throws Exception {
        Map<String, Set<String>> used = new TreeMap<>();
        for (Path page : SourceTree.files(".md")) {
            Matcher command = COMMAND.matcher(SourceTree.text(page));
            while (command.find()) {
                Set<String> flags = used.computeIfAbsent(command.group(1), _ -> new TreeSet<>());
                Matcher flag = FLAG.matcher(command.group(2));
                while (flag.find()) {
                    flags.add(flag.group());
                }
            }
        }
        assertTrue(used.keySet().containsAll(Set.of("dev", "tail", "replay", "verify")), "found");
        List<String> missing = new ArrayList<>();
        String overview = help("--help");
        for (Map.Entry<String, Set<String>> command : used.entrySet()) {
            List<String> words = SPACE.splitAsStream(command.getKey()).toList();
            if (!overview.contains("\n  " + words.getFirst() + " ")) {
                missing.add(command.getKey());
                continue;
            }
            List<String> asking = new ArrayList<>(words);
            asking.add("--help");
            String help = help(asking.toArray(String[]::new));
            for (String flag : command.getValue()) {
                if (!help.contains(flag)) {
                    missing.add(command.getKey() + " " + flag);
                }
            }
        }
        assertEquals(List.of(), missing, "in the documents and not in the help");
    }

    private static String help(String... arguments) throws IOException, InterruptedException {
        List<String> line = new ArrayList<>();
        line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        line.addAll(List.of("-XX:TieredStopAtLevel=1", "-cp"));
        line.add(System.getProperty("java.class.path", ""));
        line.add(Main.class.getName());
        line.addAll(List.of(arguments));
        Process process = new ProcessBuilder(line).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertTrue(process.waitFor(30, TimeUnit.SECONDS), "help comes at once");
        return said;
    }
}
