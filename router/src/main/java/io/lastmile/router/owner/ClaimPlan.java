package io.lastmile.router.owner;

import io.lastmile.wire.Incarnation;
import io.lastmile.wire.record.Topic;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * The steps of a claim in their order. Nearly all is read while the predecessor serves; between the
 * fence and the end nobody does, and as few answers are waited for as can be.
 *
 * <pre>
 *   ends of inbox, presence and members, read   the predecessor serves
 *   to them
 *   starts of messages and events
 *   permit                                      nodes read to its end, own heartbeat fresh
 *   fence, claim committed                      from here on the predecessor cannot commit
 *   ends of presence and members, read to them, inbox read past the claim
 *   what no owner wrote is set aside
 *   edges that live
 *   ends of messages and events
 * </pre>
 */
public final class ClaimPlan {
    private final ClaimedState state;

    /**
     * A claim.
     *
     * @param state fed with what is read
     */
    public ClaimPlan(ClaimedState state) {
        this.state = state;
    }

    /** The first step. */
    public ClaimStep begin() {
        return new ClaimStep.AskEnds(
                Set.of(Topic.INBOX, Topic.PRESENCE, Topic.MEMBERS),
                ends -> new ClaimStep.ReadTo(ends, this::prepared));
    }

    private ClaimStep prepared() {
        state.refuseNewerRelease();
        return new ClaimStep.AskStarts(
                Set.of(Topic.MESSAGES, Topic.EVENTS),
                starts ->
                        new ClaimStep.AwaitPermit(
                                () -> new ClaimStep.Fence(epoch -> fenced(epoch, starts))));
    }

    private ClaimStep fenced(long epoch, Map<Topic, Long> starts) {
        return new ClaimStep.AskEnds(
                Set.of(Topic.PRESENCE, Topic.MEMBERS),
                ends -> {
                    Map<Topic, Long> left = new LinkedHashMap<>(ends);
                    left.put(Topic.INBOX, epoch + 1);
                    return new ClaimStep.ReadTo(left, () -> read(epoch, starts));
                });
    }

    private ClaimStep read(long epoch, Map<Topic, Long> starts) {
        state.refuseNewerRelease();
        ClaimStep rest =
                new ClaimStep.AskEdges(state.edges(), alive -> known(epoch, starts, alive));
        List<Unreadable> unreadable = state.unreadable();
        return unreadable.isEmpty() ? rest : new ClaimStep.SetAside(unreadable, () -> rest);
    }

    /**
     * Last, since a fenced predecessor sends on to whoever connects until it hears of the fence or
     * the edges of the new epoch: what it learned meanwhile stands before this end.
     */
    private ClaimStep known(long epoch, Map<Topic, Long> starts, Set<Incarnation> alive) {
        return new ClaimStep.AskEnds(
                Set.of(Topic.MESSAGES, Topic.EVENTS),
                ends ->
                        new ClaimStep.Claimed(
                                epoch,
                                state.restored(
                                        range(Topic.MESSAGES, starts, ends),
                                        range(Topic.EVENTS, starts, ends),
                                        alive)));
    }

    private static LogRange range(Topic topic, Map<Topic, Long> starts, Map<Topic, Long> ends) {
        return new LogRange(of(topic, starts), of(topic, ends));
    }

    private static long of(Topic topic, Map<Topic, Long> offsets) {
        return Objects.requireNonNull(offsets.get(topic), "an offset that was asked for");
    }

    /**
     * Whether nodes has told of each edge that is named. One of which it has not may be alive and
     * not read of yet: then nodes is read to its end.
     */
    public static boolean isTold(
            Set<Incarnation> named, Set<Incarnation> alive, Set<Incarnation> gone) {
        Set<Incarnation> untold = new HashSet<>(named);
        untold.removeAll(alive);
        untold.removeAll(gone);
        return untold.isEmpty();
    }
}
