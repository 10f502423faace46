package io.lastmile.process;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.lastmile.architecture.SourceTree;
import io.lastmile.process.foreign.Programs;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The calls of the API that the documents show, as they stand there, by curl and by fetch. */
class DocumentedCallsTest {
    private static final String DOCUMENTED = "http://127.0.0.1:8080";
    private static final Pattern STATUS = Pattern.compile("(?m)^HTTP/1.1 ([0-9]{3})");
    private static final int STREAM_ENDED_BY_TIME = 28;

    /** A call and where it stands. */
    private record Example(String page, String text) {}

    private static List<Example> examples(String word) {
        List<Example> examples = new ArrayList<>();
        for (Path page : SourceTree.files(".md")) {
            String name = SourceTree.name(page);
            StringBuilder joined = new StringBuilder();
            for (String line : SourceTree.text(page).lines().toList()) {
                if (!line.startsWith("    ")) {
                    joined.setLength(0);
                    continue;
                }
                String part = line.strip();
                boolean goesOn = part.endsWith("|") || part.endsWith("\\");
                joined.append(part.endsWith("\\") ? part.substring(0, part.length() - 1) : part);
                joined.append(' ');
                if (!goesOn) {
                    String text = joined.toString().strip();
                    joined.setLength(0);
                    if (text.contains(word) && text.contains(DOCUMENTED)) {
                        examples.add(new Example(name, text));
                    }
                }
            }
        }
        return examples;
    }

    private record Ran(int exitCode, String said) {}

    private static Ran run(String... command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertTrue(process.waitFor(30, TimeUnit.SECONDS), said);
        return new Ran(process.exitValue(), said);
    }

    private static String here(String text) {
        return text.replace(DOCUMENTED, "http://127.0.0.1:" + SharedLastmile.apiPort());
    }

    @Test
    void everyCallByCurlIsAnsweredAsItIsSaid() throws Exception {
        assumeTrue(Programs.find("curl").isPresent(), "no curl here");
        List<Example> examples = examples("curl ");
        assertTrue(examples.size() >= 8, examples.toString());
        List<String> wrong = new ArrayList<>();
        for (Example example : examples) {
            boolean isStream = example.text.contains("curl -N");
            boolean isRefused = example.text.contains("soon");
            String call =
                    here(example.text)
                            .replace(
                                    "curl ", "curl -sS -i --max-time " + (isStream ? 2 : 20) + " ");
            Ran ran = run("bash", "-c", "KEY=none; " + call);
            Matcher status = STATUS.matcher(ran.said);
            int code = 0;
            while (status.find()) { // the first may be 100 Continue
                code = Integer.parseInt(status.group(1));
            }
            boolean isDone = ran.exitCode == (isStream ? STREAM_ENDED_BY_TIME : 0);
            if (!isDone || (isRefused ? code != 400 : code < 200 || code > 299)) {
                wrong.add(example + " -> " + ran);
            }
        }
        assertEquals(List.of(), wrong);
    }

    @Test
    void fetchAsABrowserDoesIt() throws Exception {
        assumeTrue(Programs.find("node").isPresent(), "no node here");
        List<Example> examples = examples("fetch(");
        assertEquals(1, examples.size(), examples.toString());
        String script =
                "const answer = %s; console.log(answer.status, await answer.text())"
                        .formatted(here(examples.getFirst().text));
        Ran ran = run("node", "--input-type=module", "-e", script);
        assertTrue(ran.said.startsWith("202 {\"id\":"), ran.said);
    }
}
