package io.lastmile.process.foreign;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A device that runs mosquitto_sub: it prints one message and ends. */
final class MosquittoDevice implements ForeignDevice {
    private final Process process;

    private MosquittoDevice(Process process) {
        this.process = process;
    }

    /** Why it cannot be used here, or null where it can. */
    static @Nullable String missing(EdgeUrl edge) {
        if (Programs.find("mosquitto_sub").isEmpty()) {
            return "mosquitto_sub is not installed";
        }
        return edge.isWebSocket() && !Installed.HELP.contains("--ws")
                ? "mosquitto_sub " + Installed.version() + " knows no WebSocket, 2.1 is the first"
                : null;
    }

    /** What the mosquitto_sub that is installed says of itself. */
    private static final class Installed {
        static final String HELP = help();

        static String version() {
            Matcher version = Pattern.compile("version (\\S+)").matcher(HELP);
            return version.find() ? version.group(1) : "of an unknown version";
        }

        private static String help() {
            try {
                Process asked = start(List.of("mosquitto_sub", "--help"));
                String help = printed(asked);
                asked.waitFor(WAIT_SECONDS, TimeUnit.SECONDS);
                return help;
            } catch (IOException e) {
                throw new AssertionError("mosquitto_sub does not run", e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError(e);
            }
        }
    }

    static ForeignDevice connect(String version, EdgeUrl edge, Inbox inbox) throws IOException {
        List<String> words = new ArrayList<>(List.of("mosquitto_sub", "-V", version));
        words.addAll(List.of("-h", EdgeUrl.HOST, "-p", Integer.toString(edge.port())));
        words.addAll(List.of("-i", inbox.device(), "-t", inbox.filter()));
        words.addAll(List.of("-q", Integer.toString(inbox.qos())));
        words.addAll(List.of("-C", "1", "-W", Integer.toString(WAIT_SECONDS), "-F", "%t %p"));
        if (edge.isSecure()) {
            words.addAll(List.of("--cafile", edge.believed().file().toString()));
        }
        if (edge.isWebSocket()) {
            words.add("--ws");
        }
        return new MosquittoDevice(start(words));
    }

    private static Process start(List<String> words) throws IOException {
        return new ProcessBuilder(words).redirectErrorStream(true).start();
    }

    private static String printed(Process process) throws IOException {
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    @Override
    public Arrival next() throws IOException {
        String line = printed(process).strip();
        int space = line.indexOf(' ');
        if (!line.startsWith("inbox") || space < 0) {
            throw new AssertionError("mosquitto_sub printed: " + line);
        }
        return new Arrival(line.substring(0, space), line.substring(space + 1), null, null);
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
