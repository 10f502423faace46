package io.lastmile.cli.dev;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lastmile.cli.CommandException;
import io.lastmile.cli.MainRun;
import io.lastmile.node.Settings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class PortCheckTest {
    private static final String HOST = "127.0.0.1";

    @Test
    void aBusyPortIsNamedWithItsFlag() throws IOException {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int port = other.getLocalPort();
            CommandException e =
                    assertThrows(
                            CommandException.class,
                            () ->
                                    PortCheck.allFree(
                                            List.of(new PortCheck.Wanted("--api.port", HOST, port)),
                                            ", or move"));
            String message = String.valueOf(e.getMessage());
            assertEquals(CommandException.USAGE, e.exitCode());
            assertTrue(message.contains("port " + port + " "), message);
            assertTrue(message.contains("in use"), message);
            assertTrue(message.contains("--api.port=PORT"), message);
            assertEquals(1, message.lines().count(), message);
        }
    }

    @Test
    void aPortAskedForTwiceIsRefused() throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        CommandException e =
                assertThrows(
                        CommandException.class,
                        () ->
                                PortCheck.allFree(
                                        List.of(
                                                new PortCheck.Wanted("--api.port", HOST, port),
                                                new PortCheck.Wanted("--admin.port", HOST, port)),
                                        ""));
        assertTrue(String.valueOf(e.getMessage()).contains("--admin.port"), e.getMessage());
    }

    @Test
    void anyFreePortIsFree() {
        PortCheck.allFree(
                List.of(
                        new PortCheck.Wanted("--api.port", HOST, 0),
                        new PortCheck.Wanted("--admin.port", HOST, 0)),
                "");
    }

    @Test
    void theOffsetMovesWhatWasNotGivenByItself() {
        Settings settings = Settings.of(Map.of("api.port", "8081"));
        DevAddresses addresses = new DevAddresses(settings, 100);
        assertEquals("127.0.0.1:8081", addresses.address("api.port"));
        assertEquals("127.0.0.1:1983", addresses.address("edge.mqtt.port"));
        assertEquals("127.0.0.1:7500", addresses.address("edge.hop.port"));
        assertEquals("127.0.0.1:9200", addresses.address("admin.port"));
        assertEquals("127.0.0.1:9192", addresses.address("kafka.port"));
        assertEquals("127.0.0.1:9193", addresses.address("kafka.controller.port"));
    }

    @Test
    void anAutomaticOffsetPassesByPortsThatAreTaken() throws IOException {
        int takenOffset = 2_000;
        int freeOffset = 1_500; // below the ports that other tests take
        try (ServerSocket other = new ServerSocket()) {
            other.bind(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), 8_080 + takenOffset));
            Iterator<Integer> drawn = List.of(takenOffset, takenOffset, freeOffset).iterator();

            DevAddresses addresses =
                    PortOffset.addresses(Settings.of(Map.of()), "auto", drawing(drawn));

            assertEquals(8_080 + freeOffset, addresses.port("api.port"));
            assertFalse(drawn.hasNext());
        }
    }

    @Test
    void anAutomaticOffsetGivesUpAtAPortThatWasAskedFor() throws IOException {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = Integer.toString(other.getLocalPort());
            Settings given = Settings.of(Map.of("api.port", port));

            CommandException e =
                    assertThrows(
                            CommandException.class,
                            () -> PortOffset.addresses(given, "auto", new Random(1)));

            assertTrue(String.valueOf(e.getMessage()).contains("port " + port + " "), e.toString());
        }
    }

    private static RandomGenerator drawing(Iterator<Integer> drawn) {
        return new RandomGenerator() {
            @Override
            public long nextLong() {
                throw new UnsupportedOperationException();
            }

            @Override
            public int nextInt(int from, int to) {
                return drawn.next();
            }
        };
    }

    @Test
    void kafkaAdvisesOnlyWhatItHas() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            MainRun run = MainRun.of(List.of("kafka", "--kafka.port=" + taken.getLocalPort()));
            assertEquals(CommandException.USAGE, run.exitCode());
            assertTrue(run.err().contains("--kafka.port=PORT"), run.err());
            assertFalse(run.err().contains("--port-offset"), run.err());
        }
    }
}
