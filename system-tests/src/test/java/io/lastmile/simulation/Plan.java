package io.lastmile.simulation;

import io.lastmile.router.heart.HeartSettings;
import java.util.EnumSet;

/** What a seed is about: how many of everything, their bounds, and which faults may come. */
final class Plan {
    static final int PAYLOAD_BYTES_MAX = 8;

    final int partitions;
    final int routers;
    final int edges;
    final int devices;
    final int deviceWindowMessages;
    final long keepAliveMs;
    final long ackDeadlineMs;
    final long chaosMs;
    final long messageEveryMs;
    final long faultEveryMs;
    final EnumSet<Trait> traits = EnumSet.noneOf(Trait.class);
    final EnumSet<Fault> faults = EnumSet.noneOf(Fault.class);
    final HeartSettings settings;

    Plan(Chance chance) {
        partitions = chance.percent(20) ? 2 : 1;
        routers = chance.count(2, 3);
        edges = chance.count(2, 3);
        devices = chance.count(4, 10);
        deviceWindowMessages = chance.percent(30) ? 2 : 16;
        keepAliveMs = chance.between(1_500, 8_000);
        chaosMs = chance.between(20_000, 50_000);
        messageEveryMs = chance.between(20, 400);
        faultEveryMs = chance.between(300, 4_000);
        for (Trait trait : Trait.values()) {
            if (chance.percent(50)) {
                traits.add(trait);
            }
        }
        int faultPercent = chance.percent(10) ? 0 : chance.count(20, 80);
        for (Fault fault : Fault.values()) {
            if (chance.percent(faultPercent)) {
                faults.add(fault);
            }
        }
        if (faults.contains(Fault.RETENTION)) {
            // Where retention took what an owner had appended again, nobody can tell a copy from
            // it.
            traits.remove(Trait.COPIED_RECORDS);
        }
        int windowMessages = chance.percent(50) ? 4 : 16;
        int inboxMessagesMax = chance.percent(50) ? 12 : 100;
        long commitIntervalMs = chance.between(50, 250);
        long parkAfterMs = chance.between(500, 2_000);
        long takeOverWaitMs = chance.percent(50) ? 3_000 : 300_000;
        long cutOffTakeOverWaitMs = chance.percent(25) ? 1_000 : 300_000;
        ackDeadlineMs = chance.between(6_000, 15_000);
        HeartSettings byDefault = HeartSettings.defaults();
        HeartSettings.Keys keys =
                new HeartSettings.Keys(chance.percent(50) ? 3_000 : 60_000, byDefault.keys().max());
        int runAheadMessages = chance.percent(50) ? 20 : 1_000;
        HeartSettings.Channels channels =
                new HeartSettings.Channels(
                        chance.percent(70) ? 100 : 2,
                        chance.percent(50) ? 10 : 2,
                        chance.percent(50) ? 1_000 : 2,
                        byDefault.channels().sliceMembers(),
                        chance.percent(50) ? 200 : 2,
                        chance.percent(50) ? 3_000 : byDefault.channels().numberReuseAfterMs());
        settings =
                new HeartSettings(
                        new HeartSettings.Inbox(windowMessages, inboxMessagesMax),
                        new HeartSettings.Ttl(
                                World.TTL_DEFAULT_MS,
                                World.TTL_DEFAULT_MS,
                                byDefault.ttl().graceMs()),
                        new HeartSettings.Pace(commitIntervalMs, parkAfterMs, runAheadMessages),
                        new HeartSettings.Waits(
                                takeOverWaitMs, cutOffTakeOverWaitMs, byDefault.waits().edgesMs()),
                        keys,
                        new HeartSettings.Bodies(
                                PAYLOAD_BYTES_MAX, chance.percent(50) ? 1_500 : 2 << 20),
                        channels);
    }

    boolean has(Trait trait) {
        return traits.contains(trait);
    }

    @Override
    public String toString() {
        return "partitions="
                + partitions
                + " routers="
                + routers
                + " edges="
                + edges
                + " devices="
                + devices
                + " deviceWindow="
                + deviceWindowMessages
                + " traits="
                + traits
                + " keepAliveMs="
                + keepAliveMs
                + " faults="
                + faults
                + " "
                + settings;
    }
}
