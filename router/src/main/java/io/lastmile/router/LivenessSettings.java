package io.lastmile.router;

import io.lastmile.node.Settings;
import io.lastmile.router.ownership.Liveness;
import io.lastmile.router.ownership.OwnershipSettings;
import java.time.Duration;

/**
 * How soon routers notice that a node is gone.
 *
 * @param heartbeat from one heartbeat of a router to the next
 * @param goneAfter a router is gone after so many of another's with none of its own between
 */
public record LivenessSettings(Duration heartbeat, int goneAfter) {
    /** The settings {@code router.heartbeat} and {@code router.gone-after}. */
    static LivenessSettings from(Settings settings) {
        return new LivenessSettings(
                settings.duration(
                        "router.heartbeat",
                        Duration.ofMillis(300),
                        Duration.ofMillis(50),
                        Duration.ofSeconds(30),
                        "from one heartbeat of a router to the next"),
                settings.count(
                        "router.gone-after",
                        4,
                        2,
                        100,
                        "heartbeats of a router, with none of another router's between, after"
                                + " which that one is gone"));
    }

    OwnershipSettings ownership(int partitions) {
        return new OwnershipSettings(partitions, heartbeat.toMillis(), goneAfter);
    }

    /** Counts edges' silence, which takes so long. */
    Liveness edges(Duration goneAfterTime) {
        long beats = Math.ceilDiv(goneAfterTime.toMillis(), heartbeat.toMillis());
        return new Liveness((int) Math.max(2, beats), heartbeat.toMillis());
    }
}
