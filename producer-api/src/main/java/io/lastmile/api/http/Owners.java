package io.lastmile.api.http;

import io.lastmile.node.kafka.NodesView;
import io.lastmile.wire.Incarnation;
import io.lastmile.wire.NodeRole;
import io.lastmile.wire.record.NodeRecord.Claim;
import io.lastmile.wire.record.NodeRecord.Heartbeat;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** Which router owns a partition, by what routers say of themselves in nodes. */
public final class Owners {
    private final Supplier<Map<Incarnation, Heartbeat>> alive;

    /** Owners as a view of nodes has them. */
    public Owners(NodesView nodes) {
        this(nodes::alive);
    }

    Owners(Supplier<Map<Incarnation, Heartbeat>> alive) {
        this.alive = alive;
    }

    /** The admin address of the router with the highest epoch for the partition. */
    Optional<String> adminAddress(int partition) {
        long highest = -1;
        String address = null;
        for (Heartbeat heartbeat : alive.get().values()) {
            if (heartbeat.role() != NodeRole.ROUTER) {
                continue;
            }
            for (Claim claim : heartbeat.claims()) {
                if (claim.partition() == partition && claim.epoch() > highest) {
                    highest = claim.epoch();
                    address = heartbeat.addresses().get("admin");
                }
            }
        }
        return Optional.ofNullable(address);
    }
}
