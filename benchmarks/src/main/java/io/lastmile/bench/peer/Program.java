package io.lastmile.bench.peer;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A program that is installed on the machine, to compare with. */
final class Program {
    private static final Pattern VERSION = Pattern.compile("[0-9]+(\\.[0-9]+)+");
    private static final int SAYS_WITHIN_SECONDS = 10;

    private Program() {}

    /**
     * Its path and its version, such as {@code /usr/sbin/mosquitto 2.0.11}; {@code none} for null.
     *
     * @param flag that makes it say its version first of all, and end
     */
    static String described(@Nullable Path program, String flag) {
        return program == null ? "none" : program + " " + version(program, flag);
    }

    private static String version(Path program, String flag) {
        try {
            Process process =
                    new ProcessBuilder(program.toString(), flag).redirectErrorStream(true).start();
            process.getOutputStream().close();
            if (!process.waitFor(SAYS_WITHIN_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                return "of unknown version";
            }
            Matcher said =
                    VERSION.matcher(new String(process.getInputStream().readAllBytes(), UTF_8));
            return said.find() ? said.group() : "of unknown version";
        } catch (IOException e) {
            return "of unknown version"; // whoever starts it says why it does not start
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "of unknown version";
        }
    }
}
