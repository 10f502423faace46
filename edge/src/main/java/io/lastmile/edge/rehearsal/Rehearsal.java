package io.lastmile.edge.rehearsal;

import io.lastmile.edge.auth.Authentication;
import io.lastmile.edge.hop.HopServer;
import io.lastmile.edge.hop.HopSettings;
import io.lastmile.edge.mqtt.Devices;
import io.lastmile.edge.session.DeviceSettings;
import io.lastmile.edge.session.EventSink;
import io.lastmile.edge.session.HoldSettings;
import io.lastmile.edge.session.Life;
import io.lastmile.edge.socket.ArrivalLimits;
import io.lastmile.edge.socket.SocketSettings;
import io.lastmile.edge.socket.Sockets;
import io.lastmile.node.Clock;
import io.lastmile.node.HopSecret;
import io.lastmile.node.Metrics;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.Incarnation;
import io.lastmile.wire.Partitions;
import io.lastmile.wire.Transport;
import io.lastmile.wire.record.CopiesAckedRecord;
import io.lastmile.wire.record.EventRecord;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A few devices of the edge's own come, take a message and go, before it says that it is ready.
 * Code is loaded and linked when it is first used, which takes a good part of a second: the devices
 * of another edge that has just stopped should not wait for that.
 *
 * <p>It has loops, listeners on loopback, sessions and a secret of its own, which nobody else
 * knows, and ample limits; its events are encoded and go nowhere. In the log the router that opens
 * a hop and closes it is called {@code rehearsal}.
 */
public final class Rehearsal {
    private static final Logger LOG = LoggerFactory.getLogger(Rehearsal.class);
    private static final int DEVICES = 16;
    private static final int SECRET_BYTES = 16;

    private static final Duration TIME_MAX = Duration.ofSeconds(3);
    private static final Duration LONG = Duration.ofMinutes(1);
    private static final int AMPLE = 1_000;
    private static final int BYTES_AMPLE = 64 << 10;
    private static final int PARTITIONS = 16;
    private static final int WINDOW = 16;

    private static final SocketSettings SOCKETS =
            new SocketSettings(
                    1,
                    AMPLE,
                    LONG,
                    BYTES_AMPLE,
                    false,
                    new ArrivalLimits(AMPLE, AMPLE, AMPLE),
                    null);
    private static final DeviceSettings MQTT =
            new DeviceSettings(
                    WINDOW,
                    LONG.toMillis(),
                    BYTES_AMPLE,
                    (int) LONG.toSeconds(),
                    new DeviceSettings.Connects(AMPLE, AMPLE, AMPLE, BYTES_AMPLE, LONG.toMillis()),
                    HoldSettings.NOTHING);

    private final Metrics unseen = new Metrics();
    private final Life life = Life.begin(new Incarnation("rehearsal", 0), PARTITIONS);
    private final String secret;
    private final Devices devices;
    private final Clock clock;

    Rehearsal(Clock clock, Random random) {
        this.clock = clock;
        this.secret = secret(random);
        devices =
                new Devices(
                        MQTT,
                        life,
                        clock,
                        new EncodedEvents(),
                        () -> true,
                        device -> false,
                        Authentication.NONE,
                        unseen);
    }

    private static String secret(Random random) {
        byte[] bytes = new byte[SECRET_BYTES];
        random.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    /** As if Kafka had them; that they are encoded is what counts. */
    private static final class EncodedEvents implements EventSink {
        @Override
        public void write(
                DeviceId device, int partition, EventRecord event, Confirmation confirmation) {
            confirmation.confirmed(event.encode().length);
        }

        @Override
        public void acknowledge(
                int partition,
                Incarnation edge,
                long offset,
                CopiesAckedRecord.Ack ack,
                Confirmation confirmation) {
            byte[] encoded = new CopiesAckedRecord(edge, offset, List.of(ack)).encode();
            confirmation.confirmed(encoded.length);
        }
    }

    /**
     * Has it all done once. Where that fails the edge is ready all the same, and slower at first.
     */
    public static void run(Clock clock, Random random) {
        long startNs = clock.nanoTime();
        try {
            int served = new Rehearsal(clock, random).all();
            LOG.atInfo()
                    .addKeyValue("devices", served)
                    .addKeyValue("ms", (clock.nanoTime() - startNs) / 1_000_000)
                    .log("Rehearsed");
        } catch (IOException | RuntimeException e) { // no reason not to start
            LOG.atWarn()
                    .addKeyValue("reason", e)
                    .log("Not rehearsed, the first devices are served a little slower");
        }
    }

    /** One device after the other, as many as there is time for: how many that was. */
    int all() throws IOException {
        String here = InetAddress.getLoopbackAddress().getHostAddress();
        HopSettings hop = new HopSettings(here, 0, HopSecret.of(secret), LONG, LONG, null);
        try (Sockets loops = new Sockets(SOCKETS, clock::nanoTime, unseen);
                HopServer routers =
                        new HopServer(
                                hop,
                                () -> life,
                                loops.eventLoops(),
                                (partition, action) -> action.accept(Long.MAX_VALUE),
                                clock,
                                unseen)) {
            int port = loops.listen(here, 0, Transport.TCP, devices);
            try (RehearsalRouter router = new RehearsalRouter(routers.port(), secret)) {
                long endNs = clock.nanoTime() + TIME_MAX.toNanos();
                int served = 0;
                while (served < DEVICES && clock.nanoTime() - endNs < 0) {
                    rehearse(new DeviceId("rehearsal-" + served), port, router);
                    served++;
                }
                return served;
            }
        }
    }

    private void rehearse(DeviceId id, int port, RehearsalRouter router) throws IOException {
        int partition = Partitions.of(id, PARTITIONS);
        try (RehearsalDevice device = new RehearsalDevice(port)) {
            device.connect(id);
            router.own(partition);
            router.give(id, partition, life.sessions().highestIssued());
            device.takeMessage();
            device.leave();
        }
    }
}
