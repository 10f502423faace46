package io.lastmile.simulation;

import io.lastmile.router.ownership.OwnershipCommand;
import io.lastmile.router.ownership.OwnershipEvent;
import io.lastmile.router.ownership.OwnershipSettings;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Stands between an ownership heart and its shell, and falsifies what a planted bug would. */
final class OwnershipSabotage {
    private final World world;

    OwnershipSabotage(World world) {
        this.world = world;
    }

    OwnershipSettings settings() {
        int goneAfter =
                world.has(Mutant.ROUTER_GONE_TOO_SOON)
                        ? 2
                        : SimulatedRouter.ROUTER_GONE_AFTER_HEARTBEATS;
        return new OwnershipSettings(world.plan.partitions, World.HEARTBEAT_MS, goneAfter);
    }

    /** What the heart hears; null for nothing. */
    @Nullable OwnershipEvent heard(OwnershipEvent event) {
        return switch (event) {
            case OwnershipEvent.NodesRead(var partition, var attempt, var _)
                    when world.has(Mutant.ASLEEP_MAY_FENCE) ->
                    new OwnershipEvent.NodesRead(partition, attempt, true);
            case OwnershipEvent.ClaimFailed _ when world.has(Mutant.FAILED_CLAIM_IS_NOT_TRIED) ->
                    null;
            case OwnershipEvent.OwnerFailed _ when world.has(Mutant.FENCED_OWNER_STAYS) -> null;
            default -> event;
        };
    }

    /** Whether what the heart commands is not done. */
    boolean isIgnored(OwnershipCommand command) {
        return command instanceof OwnershipCommand.TakeNextIncarnation
                && world.has(Mutant.OWN_GONE_IS_IGNORED);
    }

    /** Whether a claim does not wait for nodes to be read to their end. */
    boolean readsNoNodes() {
        return world.has(Mutant.NODES_ARE_NOT_READ);
    }

    Set<Integer> unable(Set<Integer> unable) {
        return world.has(Mutant.UNABLE_IS_NOT_SAID) ? Set.of() : unable;
    }
}
