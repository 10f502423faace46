package io.lastmile.cli.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import io.lastmile.cli.MainRun;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class DemoCommandTest {
    private static MainRun demo(int apiPort, String... more) {
        List<String> arguments =
                new java.util.ArrayList<>(
                        List.of(
                                "demo",
                                "--api=localhost:" + apiPort,
                                "--mqtt=127.0.0.1:1",
                                "--rate=1000",
                                "--messages=20"));
        arguments.addAll(List.of(more));
        return MainRun.of(arguments);
    }

    @Test
    void whatIsRefusedByEverybodyIsToldAndEndsWithOne() throws IOException {
        AtomicInteger asked = new AtomicInteger();
        HttpServer api =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
        api.createContext(
                "/",
                exchange -> {
                    asked.incrementAndGet();
                    exchange.sendResponseHeaders(401, -1);
                    exchange.close();
                });
        api.start();
        try {
            MainRun run = demo(api.getAddress().getPort());
            assertEquals(20, asked.get(), run.err());
            assertEquals(1, run.exitCode(), run.out());
            assertTrue(
                    run.out().contains("20 sent, 0 accepted, 0 received, 20 refused"), run.out());
            assertEquals(1, run.err().lines().count(), run.err());
            assertTrue(run.err().contains("nothing was sent"), run.err());
            assertTrue(run.err().contains("answer 401"), run.err());
        } finally {
            api.stop(0);
        }
    }

    @Test
    void whatNobodyAnswersIsToldAndEndsWithOne() {
        MainRun run = demo(1);
        assertEquals(1, run.exitCode(), run.out());
        assertTrue(run.err().contains("localhost:1"), run.err());
        assertTrue(run.err().contains("no answer"), run.err());
    }

    @Test
    void aNumberOfMessagesThatIsNoneIsAWrongCall() {
        assertEquals(2, demo(1, "--messages=0").exitCode());
    }
}
