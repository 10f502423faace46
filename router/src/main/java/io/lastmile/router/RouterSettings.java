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
                inbox(settings, byDefault.inbox()),
                ttl(settings, byDefault.ttl()),
                pace(settings, byDefault.pace()),
                waits(settings, byDefault.waits()),
                keys(settings, byDefault.keys()),
                bodies(settings, byDefault.bodies()),
                channels(settings, byDefault.channels()));
    }

    private static HeartSettings.Inbox inbox(Settings settings, HeartSettings.Inbox byDefault) {
        return new HeartSettings.Inbox(
                settings.count(
                        "router.window",
                        byDefault.windowMessages(),
                        1,
                        1_000,
                        "unacknowledged messages of one session"),
                settings.count(
                        "router.inbox.max",
                        byDefault.messagesMax(),
                        1,
                        100_000,
                        "unsettled messages of one device; beyond it the oldest overflows"));
    }

    private static HeartSettings.Channels channels(
            Settings settings, HeartSettings.Channels byDefault) {
        return new HeartSettings.Channels(
                settings.count(
                        "router.channels.per-device",
                        byDefault.perDeviceMax(),
                        1,
                        1_000,
                        "channels that one device may be in; more are not joined"),
                settings.count(
                        "router.broadcasts.waiting",
                        byDefault.waitingMax(),
                        1,
                        100,
                        "broadcasts of one audience that may wait for members; beyond it the"
                                + " oldest overflows"),
                settings.count(
                        "router.broadcasts.each",
                        byDefault.eachMax(),
                        0,
                        1_000_000,
                        "up to so many members of a broadcast in a partition each gets a receipt"
                                + " of its own; beyond it they are summed up"),
                byDefault.sliceMembers(),
                settings.count(
                        "router.broadcasts.history",
                        byDefault.historyMax(),
                        0,
                        10_000,
                        "complete broadcasts of a partition that can be asked for"),
                byDefault.numberReuseAfterMs());
    }

    private static HeartSettings.Ttl ttl(Settings settings, HeartSettings.Ttl byDefault) {
        return new HeartSettings.Ttl(
                ms(
                        settings.duration(
                                "router.ttl.default",
                                ofMillis(byDefault.defaultMs()),
                                ofSeconds(1),
                                ofDays(28),
                                "time to live of a message that says nothing")),
                ms(
                        settings.duration(
                                "router.ttl.max",
                                ofMillis(byDefault.maxMs()),
                                ofSeconds(1),
                                ofDays(28),
                                "what a longer time to live is cut to")),
                byDefault.graceMs());
    }

    private static HeartSettings.Pace pace(Settings settings, HeartSettings.Pace byDefault) {
        return new HeartSettings.Pace(
                ms(
                        settings.duration(
                                "router.commit.interval",
                                ofMillis(byDefault.commitIntervalMs()),
                                ofMillis(10),
                                ofSeconds(5),
                                "from one transaction of a partition to the next while it is busy")),
                byDefault.parkAfterMs(),
                settings.count(
                        "router.run-ahead",
                        byDefault.runAheadMessages(),
                        100,
                        1_000_000,
                        "messages of a partition read ahead of the last committed watermark"));
    }

    private static HeartSettings.Waits waits(Settings settings, HeartSettings.Waits byDefault) {
        return new HeartSettings.Waits(
                ms(
                        settings.duration(
                                "router.take-over.wait",
                                ofMillis(byDefault.takeOverMs()),
                                ofMillis(100),
                                ofMinutes(1),
                                "how long a new session waits for the end of an older one")),
                ms(
                        settings.duration(
                                "router.take-over.wait-cut-off",
                                ofMillis(byDefault.cutOffTakeOverMs()),
                                ofMillis(100),
                                ofMinutes(1),
                                "the same where the older one's edge is cut off from this router")),
                byDefault.edgesMs());
    }

    private static HeartSettings.Keys keys(Settings settings, HeartSettings.Keys byDefault) {
        return new HeartSettings.Keys(
                ms(
                        settings.duration(
                                "router.idempotency.window",
                                ofMillis(byDefault.windowMs()),
                                ofSeconds(1),
                                ofDays(1),
                                "how long an idempotency key is remembered")),
                settings.count(
                        "router.idempotency.max",
                        byDefault.max(),
                        100,
                        10_000_000,
                        "idempotency keys of a partition; beyond it the oldest is forgotten early"));
    }

    private static HeartSettings.Bodies bodies(Settings settings, HeartSettings.Bodies byDefault) {
        return new HeartSettings.Bodies(
                (int)
                        settings.bytes(
                                "router.payload.max",
                                byDefault.bytesMax(),
                                1,
                                1 << 20,
                                "the longest payload; a message with a longer one is rejected"),
                settings.bytes(
                        "router.bodies.loading.max",
                        byDefault.loadBytesMax(),
                        1L << 20,
                        1L << 30,
                        "bodies of one partition that are being read back from Kafka at once"));
    }

    private static long ms(Duration duration) {
        return duration.toMillis();
    }
}
