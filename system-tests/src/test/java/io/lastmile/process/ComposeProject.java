package io.lastmile.process;

import io.lastmile.architecture.SourceTree;
import io.lastmile.bench.process.FreePorts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * What docker-compose.yml describes, beside whatever else runs of it on this machine: with a name,
 * ports and volumes of its own. Closed, nothing of it is left.
 */
final class ComposeProject implements AutoCloseable {
    private static final String BALANCER = "haproxy:3.2";
    private static final int MINUTES_MAX = 6;

    private final Path log = Path.of("target", "compose.log").toAbsolutePath();
    private final int api = FreePorts.next();
    private final int mqtt = FreePorts.next();
    private final int ws = FreePorts.next();
    private final String balancer;

    ComposeProject() throws IOException {
        Files.deleteIfExists(log);
        Files.createDirectories(SourceTree.folder(log));
        balancer = balancer(log);
    }

    /** Why it cannot run here; empty where it can. */
    static String missing() {
        try {
            if (run(Path.of("/dev/null"), Map.of(), List.of("docker", "compose", "ps", "-q")) != 0
                    || run(Path.of("/dev/null"), Map.of(), List.of("docker", "info")) != 0) {
                return "there is no Docker engine with compose here";
            }
        } catch (IOException e) {
            return "there is no docker here";
        }
        return Files.isDirectory(SourceTree.root().resolve("cli/target/lib"))
                ? ""
                : "the jars for the image are not built: ./lastmile verify --compose builds them";
    }

    /** The balancer's image, or one of Debian's package where no registry is reachable. */
    private static String balancer(Path log) throws IOException {
        if (run(log, Map.of(), List.of("docker", "image", "inspect", BALANCER)) == 0
                || run(log, Map.of(), List.of("docker", "pull", "-q", BALANCER)) == 0) {
            return BALANCER;
        }
        String own = "lastmile-balancer";
        boolean made =
                run(log, Map.of(), List.of("docker", "image", "inspect", own)) == 0
                        || run(log, Map.of(), List.of("deploy/compose/balancer-of-debian")) == 0;
        if (!made) {
            throw new IOException("no image " + BALANCER + " and none can be made, see " + log);
        }
        return own;
    }

    /** {@code docker compose} with these words; fails where it does. */
    void compose(String... words) throws IOException {
        List<String> command = new ArrayList<>(List.of("docker", "compose"));
        command.addAll(List.of(words));
        Map<String, String> environment = new HashMap<>();
        environment.put("COMPOSE_PROJECT_NAME", "lastmile-verify");
        environment.put("LASTMILE_IMAGE", "lastmile:verify");
        environment.put("LASTMILE_BALANCER_IMAGE", balancer);
        environment.put("LASTMILE_PUBLISH_API", Integer.toString(api));
        environment.put("LASTMILE_PUBLISH_MQTT", Integer.toString(mqtt));
        environment.put("LASTMILE_PUBLISH_WS", Integer.toString(ws));
        if (run(log, environment, command) != 0) {
            throw new IOException(String.join(" ", command) + " failed, see " + log);
        }
    }

    private static int run(Path log, Map<String, String> environment, List<String> command)
            throws IOException {
        ProcessBuilder builder =
                new ProcessBuilder(command)
                        .directory(SourceTree.root().toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().putAll(environment);
        Process process = builder.start();
        try {
            if (process.waitFor(MINUTES_MAX, TimeUnit.MINUTES)) {
                return process.exitValue();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        process.destroyForcibly();
        throw new IOException(String.join(" ", command) + " did not end");
    }

    InetSocketAddress api() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), api);
    }

    InetSocketAddress mqtt() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), mqtt);
    }

    @Override
    public void close() throws IOException {
        compose("logs", "--no-color", "--tail", "200"); // into the log, for whoever looks for why
        compose("down", "--volumes", "--timeout", "5");
    }
}
