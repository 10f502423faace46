package io.lastmile.process;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lastmile.bench.process.Deployment;
import io.lastmile.bench.process.JavaLaunch;
import io.lastmile.bench.process.ServerProcess;
import io.lastmile.process.foreign.EdgeUrl;
import io.lastmile.process.foreign.ForeignClient;
import io.lastmile.process.foreign.ForeignDevice;
import io.lastmile.process.foreign.Inbox;
import io.lastmile.wire.DeviceId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * An old and the new version of each service side by side, and one service after the other
 * replaced. {@code -Dlastmile.old.archive=FOLDER} names the unpacked archive of the old version;
 * without it the new one plays both.
 */
class RollingUpgradeTest {
    private static final String NAME = "upgrade";

    private int sent;

    private static JavaLaunch old() throws IOException {
        JavaLaunch launch = JavaLaunch.forTests();
        String archive = System.getProperty("lastmile.old.archive");
        if (archive == null) {
            return launch;
        }
        try (Stream<Path> jars = Files.list(Path.of(archive, "lib"))) {
            String classPath =
                    jars.map(Path::toString)
                            .filter(jar -> jar.endsWith(".jar"))
                            .collect(Collectors.joining(":"));
            return new JavaLaunch(launch.java(), classPath, launch.flags());
        }
    }

    @Test
    @Timeout(value = 240, unit = TimeUnit.SECONDS)
    void oneServiceAfterTheOtherIsReplaced() throws Exception {
        List<String> flags =
                List.of(
                        "--kafka.single-replica=true",
                        "--kafka.partitions=4",
                        "--kafka.topic-prefix=" + Processes.prefix(NAME));
        Path folder = Path.of("target", "process", "upgrade-old").toAbsolutePath();
        String kafka = Processes.sharedKafka();
        try (Deployment before = new Deployment(old(), folder, flags);
                Deployment after = Processes.deployment(NAME, "--kafka.single-replica=true")) {
            ServerProcess oldApi = before.api("old-api", kafka);
            ServerProcess oldRouter = before.router("old-router", kafka);
            ServerProcess oldEdge = before.edge("old-edge", kafka);
            Deployment.startAll(oldApi, oldRouter, oldEdge);
            given(oldApi, oldEdge);

            ServerProcess edge = after.edge("edge", kafka);
            edge.start();
            given(oldApi, edge); // the old router, the new edge
            ServerProcess router = after.router("router", kafka);
            router.start();
            oldRouter.stop();
            given(oldApi, oldEdge); // the new router reads what the old one left, and the old edge
            ServerProcess api = after.api("api", kafka);
            api.start();
            oldApi.stop();
            given(api, oldEdge);
            oldEdge.stop();
            given(api, edge);

            // And back: what the new version wrote does not keep the old one from it.
            ServerProcess again = before.router("old-router-again", kafka);
            again.start();
            router.stop();
            given(api, edge);
        }
    }

    /** A message waits for a device that is away; the next finds it there. */
    private void given(ServerProcess api, ServerProcess edge) throws Exception {
        DeviceId device = new DeviceId("upgrade-1");
        var post = new ApiCalls(api.port("api.port"));
        var waiting = post.accepted(device, "waiting " + ++sent);
        try (ForeignDevice subscribed =
                ForeignClient.HIVEMQ_5.connect(
                        EdgeUrl.tcp(edge.port("edge.mqtt.port")),
                        new Inbox(device.value(), "inbox/+", 1))) {
            ForeignDevice.Arrival first = subscribed.next();
            assertEquals("inbox/" + waiting, first.topic());
            var next = post.accepted(device, "next " + sent);
            assertEquals("inbox/" + next, subscribed.next().topic());
        }
    }
}
