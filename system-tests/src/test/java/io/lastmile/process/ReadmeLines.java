package io.lastmile.process;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lastmile.architecture.SourceTree;
import io.lastmile.process.foreign.Programs;
import java.io.BufferedReader;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** The device and the word of README.md's first five minutes, run as the lines stand there. */
final class ReadmeLines {
    private static final Pattern DEVICE = Pattern.compile("(?m)^    (mosquitto_sub -h 127.*)$");
    private static final Pattern WORD = Pattern.compile("(?m)^    (curl .*-d '(\\w+)' .*)$");
    private static final String API = "127.0.0.1:8080";
    private static final int SECONDS_MAX = 60;

    private ReadmeLines() {}

    /** What is not installed here; empty where all is. */
    static String missing() {
        for (String program : List.of("mosquitto_sub", "curl")) {
            if (Programs.find(program).isEmpty()) {
                return "no " + program + " here";
            }
        }
        return "";
    }

    private static MatchResult only(Pattern line) {
        String readme = SourceTree.text(SourceTree.root().resolve("README.md"));
        List<MatchResult> found = line.matcher(readme).results().toList();
        assertEquals(1, found.size(), line.pattern());
        return found.getFirst();
    }

    /** Is the device, sends the word, and waits until the device has it. */
    static void run(InetSocketAddress api, InetSocketAddress mqtt) throws Exception {
        MatchResult word = only(WORD);
        String subscribe =
                "exec %s -p %d -W %d".formatted(only(DEVICE).group(1), mqtt.getPort(), SECONDS_MAX);
        Process device =
                new ProcessBuilder("bash", "-c", subscribe).redirectErrorStream(true).start();
        try {
            String answer = answer(word.group(1).replace(API, "127.0.0.1:" + api.getPort()));
            assertTrue(answer.startsWith("HTTP/1.1 202 "), answer);
            assertTrue(printed(device, word.group(2)), "the device did not print it");
        } finally {
            device.destroy();
        }
    }

    private static String answer(String call) throws Exception {
        Process process =
                new ProcessBuilder("bash", "-c", "exec " + call + " --max-time " + SECONDS_MAX)
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
        String answer = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertEquals(0, process.waitFor(), answer);
        return answer;
    }

    /** Other messages may have waited for the device. */
    private static boolean printed(Process device, String word) throws Exception {
        try (BufferedReader lines = device.inputReader(UTF_8)) {
            return lines.lines().anyMatch(word::equals);
        }
    }
}
