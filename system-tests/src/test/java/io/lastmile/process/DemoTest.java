package io.lastmile.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lastmile.bench.process.CommandRun;
import io.lastmile.bench.process.JavaLaunch;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The demo against services that run, told where they are by name as in docker-compose.yml. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class DemoTest {
    @Test
    void whatItSendsArrives() {
        CommandRun run =
                CommandRun.of(
                        JavaLaunch.forTests(),
                        Duration.ofMinutes(1),
                        "demo",
                        "--api=localhost:" + SharedLastmile.apiPort(),
                        "--mqtt=localhost:" + SharedLastmile.devices().getPort(),
                        "--devices=10",
                        "--messages=50",
                        "--rate=50");
        assertEquals(0, run.exitCode(), run.errors() + run.output());
        // Every tenth device is away: what it was sent waits.
        assertTrue(
                run.output()
                        .contains(
                                "9 of 9 devices subscribed; messages: 50 sent, 50 accepted, 45 received, 0 refused"),
                run.output());
    }
}
