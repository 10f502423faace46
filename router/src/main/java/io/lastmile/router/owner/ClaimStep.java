package io.lastmile.router.owner;

import io.lastmile.router.heart.Restored;
import io.lastmile.wire.Incarnation;
import io.lastmile.wire.record.Topic;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.LongFunction;
import java.util.function.Supplier;

/** What a claim does next, and how it goes on with the answer. */
public sealed interface ClaimStep {
    /** Ask for the first offsets that these topics have. */
    record AskStarts(Set<Topic> topics, Function<Map<Topic, Long>, ClaimStep> then)
            implements ClaimStep {}

    /** Ask where these topics end now. */
    record AskEnds(Set<Topic> topics, Function<Map<Topic, Long>, ClaimStep> then)
            implements ClaimStep {}

    /** Read each of these topics on until the position, not an offset of a record, is there. */
    record ReadTo(Map<Topic, Long> ends, Supplier<ClaimStep> then) implements ClaimStep {}

    /** Ask whether the predecessor may be fenced. It serves until then. */
    record AwaitPermit(Supplier<ClaimStep> then) implements ClaimStep {}

    /** Fence the predecessor and commit the claim; the answer is its offset, the epoch. */
    record Fence(LongFunction<ClaimStep> then) implements ClaimStep {}

    /** Commit to rejects what no owner wrote, and take away what would come back for ever. */
    record SetAside(List<Unreadable> unreadable, Supplier<ClaimStep> then) implements ClaimStep {}

    /**
     * Say which edges are not known to be gone, see {@link ClaimPlan#isTold}.
     *
     * @param named that sessions name
     */
    record AskEdges(Set<Incarnation> named, Function<Set<Incarnation>, ClaimStep> then)
            implements ClaimStep {}

    /** Done: the state that the owner begins with. */
    record Claimed(long epoch, Restored restored) implements ClaimStep {}
}
