package io.lastmile.router;

import static java.time.Duration.ofDays;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;

import io.lastmile.node.AdminSettings;
import io.lastmile.node.HopSecret;
import io.lastmile.node.Settings;
import io.lastmile.node.kafka.NodeSettings;
import io.lastmile.router.heart.HeartSettings;
import io.lastmile.wire.NodeRole;
import java.time.Duration;

/**
 * What a router is told.
 *
 * @param hopSecret shared with the edges, and asked of whoever queries state
 * @param bodiesBytesMax bodies kept in memory, of all partitions together
 * @param hopBufferBytes unsent bytes above which a hop takes no more
 */
public record RouterSettings(
        NodeSettings node,
        LivenessSettings liveness,
        HeartSettings heart,
        HopSecret hopSecret,
        long bodiesBytesMax,
        int hopBufferBytes,
        Duration topicsDeadline) {
    /** The settings that begin with {@code router.}, {@code node.} and {@code hop.}. */
    public static RouterSettings from(Settings settings) {
        return new RouterSettings(
                NodeSettings.from(
                        settings,
                        NodeRole.ROUTER,
                        AdminSettings.from(settings, RouterMain.ADMIN_PORT).port()),
                LivenessSettings.from(settings),
                heart(settings),
                hopSecret(settings),
                settings.bytes(
                        "router.bodies.max",
                        64L << 20,
                        1L << 20,
                        64L << 30,
                        "message bodies kept in memory; others are read back from Kafka"),
                (int)
                        settings.bytes(
                                "router.hop.buffer",
                                4L << 20,
                                64L << 10,
                                256L << 20,
                                "unsent bytes at which a hop to an edge takes no more"),
                settings.duration(
                        "kafka.start-deadline",
                        ofSeconds(60),
                        ofSeconds(1),
                        ofMinutes(60),
                        "how long to wait for Kafka at the start"));
    }

    /** Beyond loopback whoever reaches the admin port could query state. */
    private static HopSecret hopSecret(Settings settings) {
        String adminHost = AdminSettings.from(settings, RouterMain.ADMIN_PORT).host();
        return HopSecret.from(settings, "admin.host", adminHost);
    }

    private static HeartSettings heart(Settings settings) {
        HeartSettings byDefault = HeartSettings.defaults();
        return new HeartSettings(
                settings.count(
                        "router.window", 16, 1, 1_000, "unacknowledged messages of one session"),
                settings.count(
                        "router.inbox.max",
                        100,
                        1,
                        100_000,
                        "unsettled messages of one device; beyond it the oldest overflows"),
                ms(
                        settings.duration(
                                "router.ttl.default",
                                ofDays(3),
                                ofSeconds(1),
                                ofDays(28),
                                "time to live of a message that says nothing")),
                ms(
                        settings.duration(
                                "router.ttl.max",
                                ofDays(28),
                                ofSeconds(1),
                                ofDays(28),
                                "what a longer time to live is cut to")),
                ms(
                        settings.duration(
                                "router.commit.interval",
                                ofMillis(250),
                                ofMillis(10),
                                ofSeconds(5),
                                "from one transaction of a partition to the next while it is busy")),
                byDefault.parkAfterMs(),
                takeOverWaitMs(settings),
                cutOffTakeOverWaitMs(settings),
                byDefault.edgesWaitMs(),
                byDefault.connectedGraceMs(),
                idempotencyWindowMs(settings),
                idempotencyKeysMax(settings),
                settings.count(
                        "router.run-ahead",
                        20_000,
                        100,
                        1_000_000,
                        "messages of a partition read ahead of the last committed watermark"),
                payloadBytesMax(settings),
                loadBytesMax(settings));
    }

    private static long takeOverWaitMs(Settings settings) {
        return ms(
                settings.duration(
                        "router.take-over.wait",
                        ofSeconds(5),
                        ofMillis(100),
                        ofMinutes(1),
                        "how long a new session waits for the end of an older one"));
    }

    private static long cutOffTakeOverWaitMs(Settings settings) {
        return ms(
                settings.duration(
                        "router.take-over.wait-cut-off",
                        ofSeconds(1),
                        ofMillis(100),
                        ofMinutes(1),
                        "the same where the older one's edge is cut off from this router"));
    }

    private static long idempotencyWindowMs(Settings settings) {
        return ms(
                settings.duration(
                        "router.idempotency.window",
                        ofMinutes(10),
                        ofSeconds(1),
                        ofDays(1),
                        "how long an idempotency key is remembered"));
    }

    private static int idempotencyKeysMax(Settings settings) {
        return settings.count(
                "router.idempotency.max",
                50_000,
                100,
                10_000_000,
                "idempotency keys of a partition; beyond it the oldest is forgotten early");
    }

    private static long loadBytesMax(Settings settings) {
        return settings.bytes(
                "router.bodies.loading.max",
                2L << 20,
                1L << 20,
                1L << 30,
                "bodies of one partition that are being read back from Kafka at once");
    }

    private static int payloadBytesMax(Settings settings) {
        return (int)
                settings.bytes(
                        "router.payload.max",
                        256 << 10,
                        1,
                        1 << 20,
                        "the longest payload; a message with a longer one is rejected");
    }

    private static long ms(Duration duration) {
        return duration.toMillis();
    }
}
