package io.lastmile.router.hop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lastmile.node.Metrics;
import io.lastmile.router.owner.HopListener;
import io.lastmile.wire.Incarnation;
import io.lastmile.wire.hop.HopFrame;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A name server that does not answer delays only the hop to the edge that it is asked for. */
class HopNamesTest {
    private static final HopSettings SETTINGS =
            new HopSettings(
                    new Incarnation("router-1", 7),
                    "s3cr3t",
                    Duration.ofSeconds(5),
                    Duration.ofSeconds(2),
                    Duration.ofMillis(20),
                    1_000_000);

    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch answer = new CountDownLatch(1);

    private InetAddress[] lookup(String name) throws UnknownHostException {
        if (name.equals("dead")) {
            asked.countDown();
            try {
                assertTrue(answer.await(20, TimeUnit.SECONDS));
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            throw new UnknownHostException(name);
        }
        return new InetAddress[] {InetAddress.getLoopbackAddress()};
    }

    @Test
    void aNameThatNobodyKnowsHoldsNobodyUp() throws Exception {
        try (ServerSocket edge = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
                Hops hops =
                        new Hops(SETTINGS, new Deaf(), () -> true, this::lookup, new Metrics())) {
            edge.setSoTimeout(5_000);
            hops.keep(new Incarnation("edge-1", 1), "dead", 7_400);
            assertTrue(asked.await(5, TimeUnit.SECONDS));
            hops.keep(new Incarnation("edge-2", 2), "alive", edge.getLocalPort());
            try (Socket _ = edge.accept()) {
                assertEquals(1, answer.getCount());
            }
        } finally {
            answer.countDown();
        }
    }

    @Test
    void itIsAskedAgainUntilItIsKnown() throws Exception {
        CountDownLatch unknown = new CountDownLatch(3);
        HopNames.Lookup later =
                name -> {
                    unknown.countDown();
                    if (unknown.getCount() > 0) {
                        throw new UnknownHostException(name);
                    }
                    return new InetAddress[] {InetAddress.getLoopbackAddress()};
                };
        try (ServerSocket edge = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
                Hops hops = new Hops(SETTINGS, new Deaf(), () -> true, later, new Metrics())) {
            edge.setSoTimeout(5_000);
            hops.keep(new Incarnation("edge-1", 1), "edge-1", edge.getLocalPort());
            try (Socket _ = edge.accept()) {
                assertEquals(0, unknown.getCount());
            }
        }
    }

    private static final class Deaf implements HopListener {
        @Override
        public void connected(Incarnation edge) {}

        @Override
        public void cutOff(Incarnation edge) {}

        @Override
        public void stalled(Incarnation edge, boolean stalled) {}

        @Override
        public void answered(Incarnation edge, HopFrame.Sessions frame) {}

        @Override
        public void notHere(Incarnation edge, HopFrame.NotHere frame) {}
    }
}
