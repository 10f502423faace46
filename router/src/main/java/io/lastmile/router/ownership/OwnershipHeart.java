package io.lastmile.router.ownership;

import io.lastmile.router.ownership.OwnershipCommand.CancelClaim;
import io.lastmile.router.ownership.OwnershipCommand.DeclareGone;
import io.lastmile.router.ownership.OwnershipCommand.Drop;
import io.lastmile.router.ownership.OwnershipCommand.Fence;
import io.lastmile.router.ownership.OwnershipCommand.HandOver;
import io.lastmile.router.ownership.OwnershipCommand.ReadNodes;
import io.lastmile.router.ownership.OwnershipCommand.Serve;
import io.lastmile.router.ownership.OwnershipCommand.StartClaim;
import io.lastmile.router.ownership.OwnershipCommand.TakeNextIncarnation;
import io.lastmile.router.ownership.OwnershipEvent.ClaimFailed;
import io.lastmile.router.ownership.OwnershipEvent.ClaimPrepared;
import io.lastmile.router.ownership.OwnershipEvent.ClaimRestored;
import io.lastmile.router.ownership.OwnershipEvent.Closing;
import io.lastmile.router.ownership.OwnershipEvent.HandedOver;
import io.lastmile.router.ownership.OwnershipEvent.IncarnationTaken;
import io.lastmile.router.ownership.OwnershipEvent.NodesRead;
import io.lastmile.router.ownership.OwnershipEvent.OwnerFailed;
import io.lastmile.router.ownership.OwnershipEvent.RouterBeat;
import io.lastmile.router.ownership.OwnershipEvent.RouterForgotten;
import io.lastmile.router.ownership.OwnershipEvent.RouterGone;
import io.lastmile.router.ownership.OwnershipEvent.Tick;
import io.lastmile.router.ownership.PartitionState.Confirming;
import io.lastmile.router.ownership.PartitionState.Fencing;
import io.lastmile.router.ownership.PartitionState.GivenAway;
import io.lastmile.router.ownership.PartitionState.HandingOver;
import io.lastmile.router.ownership.PartitionState.Owned;
import io.lastmile.router.ownership.PartitionState.Restoring;
import io.lastmile.router.ownership.PartitionState.Retrying;
import io.lastmile.wire.Incarnation;
import io.lastmile.wire.record.NodeRecord;
import io.lastmile.wire.record.NodeRecord.Heartbeat;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Decides which partitions this router claims, serves and lets go, from the log of nodes alone.
 *
 * <p>Long because its table and all its transitions belong together.
 *
 * <p>Safety does not rest on it: a claim fences its predecessor in Kafka, so two routers that both
 * believe to own a partition cost a claim and nothing else. What one partition goes through:
 *
 * <pre>
 *   state        what happens                              next state    command
 *   -----------  ----------------------------------------  ------------  -----------
 *   (none)       the log gives it to this router           Restoring     StartClaim
 *   Restoring    prepared                                  Confirming    ReadNodes
 *   Restoring    given to another, closing                 (none)        CancelClaim
 *   Confirming   nodes read, own heartbeat fresh           Fencing       Fence
 *   Confirming   nodes read, own heartbeat stale           Confirming    ReadNodes at the next tick
 *   Confirming   given to another, closing                 (none)        CancelClaim
 *   Fencing      restored, given to this router            Owned         Serve
 *   Fencing      restored, given to another                GivenAway     Serve
 *   any of these claim failed, given to this router        Retrying
 *   any of these claim failed, given to another            (none)
 *   Retrying     its time has come                         Restoring     StartClaim
 *   Retrying     given to another, closing                 (none)
 *   Owned        given to another, closing                 GivenAway
 *   GivenAway    given to this router again                Owned
 *   both         failed, or another has claimed it         as after a failed claim   Drop
 *   GivenAway    closing, nobody else lives or claims it    HandingOver   HandOver
 *   HandingOver  handed over, failed, claimed by another   (none)        Drop
 * </pre>
 *
 * <p>Fed by one thread.
 */
public final class OwnershipHeart {
    /** From a failed claim to the next attempt, in ms. */
    static final long RETRY_MS = 500;

    /** Claims that fail for so long, in ms, are another router's to try. */
    static final long UNABLE_AFTER_MS = 10_000;

    /** When a router that said so tries again, in ms. */
    static final long UNABLE_FOR_MS = 300_000;

    /** So long after the last tick the process has been asleep. */
    static final long ASLEEP_MS = 2_000;

    /** How long a router that stops waits for its successors' claims, in ms. */
    static final long CLOSING_WAIT_MS = 5_000;

    private final OwnershipSettings settings;
    private final Roster roster = new Roster();
    private final Liveness liveness;
    private final Set<Incarnation> gone = new HashSet<>();
    private final Map<Integer, PartitionState> stateByPartition = new TreeMap<>();
    private final Map<Integer, Long> failingSinceMsByPartition = new TreeMap<>();
    private final List<OwnershipCommand> commands = new ArrayList<>();
    private Set<Integer> assigned = Set.of();
    private Set<Integer> unable = Set.of();
    private Incarnation self;
    private long attempts;
    private long nowMs;
    private long closingSinceMs = Long.MAX_VALUE;

    /**
     * Knows of nobody and owns nothing.
     *
     * @param self whose heartbeats are this router's own
     */
    public OwnershipHeart(Incarnation self, OwnershipSettings settings, long nowMs) {
        this.self = self;
        this.settings = settings;
        this.nowMs = nowMs;
        this.liveness = new Liveness(settings.goneAfter(), settings.heartbeatMs());
    }

    /** Tells it; the commands are to be carried out in their order. */
    public List<OwnershipCommand> on(OwnershipEvent event) {
        switch (event) {
            case RouterBeat(var router, var beat, var appendedAtMs) ->
                    routerBeat(router, beat, appendedAtMs);
            case RouterGone(var router) -> routerGone(router);
            case RouterForgotten(var router) -> forget(router);
            case IncarnationTaken(var next) -> {
                self = next;
                if (gone.contains(next)) { // declared gone before it was known to be taken
                    commands.add(new TakeNextIncarnation());
                }
            }
            case ClaimPrepared(var partition, var attempt) -> {
                if (stateOf(partition) instanceof Restoring(var current) && current == attempt) {
                    become(partition, new Confirming(attempt, true));
                    commands.add(new ReadNodes(partition, attempt));
                }
            }
            case NodesRead(var partition, var attempt, var fresh) ->
                    nodesRead(partition, attempt, fresh);
            case ClaimRestored(var partition, var attempt, var epoch) ->
                    restored(partition, attempt, epoch);
            case ClaimFailed(var partition, var attempt) -> claimFailed(partition, attempt);
            case OwnerFailed(var partition, var epoch) -> endOf(partition, epoch);
            case HandedOver(var partition, var epoch) -> endOf(partition, epoch);
            case Closing _ -> {
                closingSinceMs = Math.min(closingSinceMs, nowMs);
                assign();
            }
            case Tick(var now) -> tick(now);
        }
        List<OwnershipCommand> said = List.copyOf(commands);
        commands.clear();
        return said;
    }

    private void routerBeat(Incarnation router, Heartbeat beat, long appendedAtMs) {
        if (gone.contains(router)) {
            return; // it does not know yet
        }
        roster.heartbeat(router, beat.sequence(), beat.draining(), beat.partitions().unable());
        if (!router.equals(self)) {
            if (beat.draining()) {
                liveness.left(router);
            } else {
                liveness.otherBeat(router);
            }
            beat.claims().forEach(this::claimedByAnother);
        } else {
            liveness.ownBeat(router, beat.sequence(), appendedAtMs)
                    .forEach(silent -> commands.add(new DeclareGone(silent)));
            judgeFailing();
        }
        assign();
    }

    private void routerGone(Incarnation router) {
        if (gone.add(router) && router.equals(self)) { // several may say so
            commands.add(new TakeNextIncarnation());
        }
        roster.left(router);
        liveness.left(router);
        assign();
    }

    private void forget(Incarnation router) {
        gone.remove(router);
        roster.left(router);
        liveness.left(router);
        assign();
    }

    /** What the log gives to this router now. */
    private void assign() {
        assigned = isClosing() ? Set.of() : ofThis();
        for (int partition : assigned) {
            switch (stateOf(partition)) {
                case null -> startClaim(partition);
                case GivenAway(var epoch) -> become(partition, new Owned(epoch));
                default -> {}
            }
        }
        for (int partition : new TreeSet<>(stateByPartition.keySet())) {
            if (!assigned.contains(partition)) {
                notAssigned(partition);
            }
        }
    }

    private Set<Integer> ofThis() {
        if (!roster.lives(self)) {
            return Set.of();
        }
        @Nullable String[] owners = Assignment.of(roster.living(), settings.partitions());
        Set<Integer> own = new TreeSet<>();
        for (int partition = 0; partition < owners.length; partition++) {
            if (self.node().equals(owners[partition])) {
                own.add(partition);
            }
        }
        return own;
    }

    private Set<String> othersLive() {
        Set<String> others = new TreeSet<>(roster.living().keySet());
        others.remove(self.node());
        return others;
    }

    private void notAssigned(int partition) {
        switch (stateOf(partition)) {
            case Restoring(var attempt) -> cancel(partition, attempt);
            case Confirming(var attempt, _) -> cancel(partition, attempt);
            case Retrying _ -> stateByPartition.remove(partition);
            case Owned(var epoch) -> become(partition, new GivenAway(epoch));
            case null, default -> {}
        }
    }

    private void cancel(int partition, long attempt) {
        stateByPartition.remove(partition);
        commands.add(new CancelClaim(partition, attempt));
    }

    private void startClaim(int partition) {
        become(partition, new Restoring(++attempts));
        commands.add(new StartClaim(partition, attempts));
    }

    private void nodesRead(int partition, long attempt, boolean heartbeatIsFresh) {
        if (stateOf(partition) instanceof Confirming(var current, _) && current == attempt) {
            if (heartbeatIsFresh) {
                become(partition, new Fencing(attempt));
                commands.add(new Fence(partition, attempt));
            } else { // asleep until a moment ago, perhaps: others may own it and serve it well
                become(partition, new Confirming(attempt, false));
            }
        }
    }

    private void restored(int partition, long attempt, long epoch) {
        if (stateOf(partition) instanceof Fencing(var current) && current == attempt) {
            failingSinceMsByPartition.remove(partition);
            boolean own = assigned.contains(partition);
            become(partition, own ? new Owned(epoch) : new GivenAway(epoch));
            commands.add(new Serve(partition, epoch));
        } else {
            commands.add(new Drop(partition, epoch)); // cancelled, and done all the same
        }
    }

    private void claimFailed(int partition, long attempt) {
        boolean isCurrent =
                switch (stateOf(partition)) {
                    case Restoring(var current) -> current == attempt;
                    case Confirming(var current, _) -> current == attempt;
                    case Fencing(var current) -> current == attempt;
                    case null, default -> false;
                };
        if (isCurrent) {
            var _ = failingSinceMsByPartition.putIfAbsent(partition, nowMs);
            retryIfAssigned(partition);
        }
    }

    private void retryIfAssigned(int partition) {
        if (assigned.contains(partition)) {
            become(partition, new Retrying(nowMs + RETRY_MS));
        } else {
            stateByPartition.remove(partition);
        }
    }

    /**
     * Another router says that it owns the partition: with a higher epoch it has fenced this one.
     */
    private void claimedByAnother(NodeRecord.Claim claim) {
        switch (stateOf(claim.partition())) {
            case Owned(var epoch) when epoch < claim.epoch() -> endOf(claim.partition(), epoch);
            case GivenAway(var epoch) when epoch < claim.epoch() -> endOf(claim.partition(), epoch);
            case HandingOver(var epoch) when epoch < claim.epoch() ->
                    endOf(claim.partition(), epoch);
            case null, default -> {}
        }
    }

    /** It is served no more under this epoch. */
    private void endOf(int partition, long epoch) {
        boolean isCurrent =
                switch (stateOf(partition)) {
                    case Owned(var current) -> current == epoch;
                    case GivenAway(var current) -> current == epoch;
                    case HandingOver(var current) -> current == epoch;
                    case null, default -> false;
                };
        if (isCurrent) {
            commands.add(new Drop(partition, epoch));
            retryIfAssigned(partition);
        }
    }

    private void tick(long now) {
        long sleptMs = now - nowMs;
        if (sleptMs > ASLEEP_MS) { // nothing was tried meanwhile, so that nothing failed
            failingSinceMsByPartition.replaceAll((_, sinceMs) -> sinceMs + sleptMs);
        }
        nowMs = now;
        for (int partition : new TreeSet<>(stateByPartition.keySet())) {
            switch (stateOf(partition)) {
                case Retrying(var atMs) when atMs <= nowMs -> startClaim(partition);
                case Confirming(var attempt, var asked) when !asked -> {
                    become(partition, new Confirming(attempt, true));
                    commands.add(new ReadNodes(partition, attempt));
                }
                case null, default -> {}
            }
        }
        if (isClosing() && (nowMs - closingSinceMs > CLOSING_WAIT_MS || othersLive().isEmpty())) {
            handOverAll();
        }
    }

    /** While Kafka stands still all claims fail, of all routers: that is no reason to move any. */
    private void judgeFailing() {
        if (!liveness.isCounting()) {
            failingSinceMsByPartition.clear();
        }
        failingSinceMsByPartition
                .values()
                .removeIf(sinceMs -> nowMs - sinceMs > UNABLE_AFTER_MS + UNABLE_FOR_MS);
        Set<Integer> failing = new TreeSet<>();
        failingSinceMsByPartition.forEach((partition, sinceMs) -> {
            if (nowMs - sinceMs >= UNABLE_AFTER_MS) {
                failing.add(partition);
            }
        });
        unable = failing;
    }

    private void handOverAll() {
        for (int partition : new TreeSet<>(stateByPartition.keySet())) {
            if (stateOf(partition) instanceof GivenAway(var epoch)) {
                become(partition, new HandingOver(epoch));
                commands.add(new HandOver(partition, epoch));
            }
        }
    }

    private @Nullable PartitionState stateOf(int partition) {
        return stateByPartition.get(partition);
    }

    private void become(int partition, PartitionState next) {
        stateByPartition.put(partition, next);
    }

    private boolean isClosing() {
        return closingSinceMs != Long.MAX_VALUE;
    }

    /** The partitions whose claims have failed for long, for this router's heartbeats. */
    public Set<Integer> unable() {
        return unable;
    }

    /** How many claims are under way or about to be tried again. */
    public int claiming() {
        return (int)
                stateByPartition.values().stream()
                        .filter(state ->
                                !(state instanceof Owned
                                        || state instanceof GivenAway
                                        || state instanceof HandingOver))
                        .count();
    }

    /** Whether it lives by the log, and serves all that the log gives it. */
    public boolean isSettled() {
        return roster.lives(self)
                && assigned.stream().allMatch(partition -> stateOf(partition) instanceof Owned);
    }

    /** Whether it has nothing to do with any partition. */
    public boolean isIdle() {
        return stateByPartition.isEmpty();
    }
}
