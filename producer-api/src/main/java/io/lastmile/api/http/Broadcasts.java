package io.lastmile.api.http;

import io.lastmile.api.http.OwnerQuestions.Said;
import io.lastmile.api.http.OwnerQuestions.UnansweredException;
import io.lastmile.api.kafka.BroadcastLog;
import io.lastmile.api.kafka.BroadcastLog.Known;
import io.lastmile.api.kafka.Traces.RefusedTraceException;
import io.lastmile.node.HttpAnswer;
import io.lastmile.node.JsonTree;
import io.lastmile.wire.Audience;
import io.lastmile.wire.BroadcastId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What is known of broadcasts: that there is one, from its topic; how it stands, from the owners of
 * all partitions. Any thread; a question blocks.
 */
public final class Broadcasts implements AutoCloseable {
    /** The most that an owner lists, and that are listed here. */
    private static final int LISTED_MAX = 50;

    private final OwnerQuestions owners;
    private final BroadcastLog log;
    private volatile boolean closed;

    /** Asks these. */
    public Broadcasts(StateQueries queries, BroadcastLog log) {
        owners = new OwnerQuestions(queries);
        this.log = log;
    }

    OwnerQuestions owners() {
        return owners;
    }

    BroadcastLog log() {
        return log;
    }

    /** Whether nothing is followed any more. */
    boolean isClosed() {
        return closed;
    }

    /**
     * What its topic says of it; empty where there is none of that id, or not any more.
     *
     * @param caller by whom room to read is shared
     * @throws RefusedException where that cannot be read now
     */
    Optional<Known> inLog(BroadcastId id, String caller, HttpAnswer answer) {
        try {
            return log.find(id, caller);
        } catch (RefusedTraceException e) {
            throw TracePages.refused(e, answer);
        }
    }

    /**
     * The same; of one that its topic has not any more what an owner remembers.
     *
     * @throws RefusedException where there is none
     */
    Known known(BroadcastId id, String caller, HttpAnswer answer) throws UnansweredException {
        Optional<Known> found = inLog(id, caller, answer);
        return found.isPresent()
                ? found.get()
                : shares(id, owners.partitions()).stream()
                        .flatMap(share -> known(id, share).stream())
                        .findFirst()
                        .orElseThrow(() -> new RefusedException(Access.NO_SUCH_BROADCAST));
    }

    private static Optional<Known> known(BroadcastId id, BroadcastShare share) {
        String audience = share.audience();
        Instant acceptedAt = share.time("acceptedAt");
        return audience == null || acceptedAt == null
                ? Optional.empty()
                : Optional.of(new Known(id, Audience.parse(audience), acceptedAt.toEpochMilli()));
    }

    /** How it stands. */
    BroadcastCounts counts(Known known) throws UnansweredException {
        return new BroadcastCounts(known, shares(known.id(), owners.partitions()));
    }

    /** How it stands by now; the partitions in which it was settled are not asked again. */
    BroadcastCounts counts(BroadcastCounts before) throws UnansweredException {
        List<Integer> open =
                before.shares().stream()
                        .filter(share -> !share.isSettled())
                        .map(BroadcastShare::partition)
                        .toList();
        Map<Integer, BroadcastShare> byPartition = new TreeMap<>();
        before.shares().forEach(share -> byPartition.put(share.partition(), share));
        shares(before.known().id(), open)
                .forEach(share -> byPartition.put(share.partition(), share));
        return new BroadcastCounts(before.known(), List.copyOf(byPartition.values()));
    }

    private List<BroadcastShare> shares(BroadcastId id, List<Integer> partitions)
            throws UnansweredException {
        return owners.ask(partitions, p -> "/state/broadcasts/" + p + "/" + id).stream()
                .map(BroadcastShare::of)
                .toList();
    }

    /** The latest that have members, the last first. */
    Collection<BroadcastCounts> latest() throws UnansweredException {
        Map<BroadcastId, List<BroadcastShare>> byId = new HashMap<>();
        long from = 0; // what is older some owners do not list any more: its sums would be wrong
        for (Said said : owners.ask(owners.partitions(), p -> "/state/broadcasts/" + p)) {
            List<JsonTree> listed = said.body().objects("broadcasts");
            long oldest = Long.MAX_VALUE;
            for (JsonTree one : listed) {
                Optional<BroadcastId> id = id(one.text("id"));
                if (id.isPresent()) {
                    byId.computeIfAbsent(id.get(), _ -> new ArrayList<>())
                            .add(new BroadcastShare(said.partition(), true, one));
                    oldest = Math.min(oldest, id.get().offset());
                }
            }
            if (listed.size() >= LISTED_MAX) {
                from = Math.max(from, oldest);
            }
        }
        long oldest = from;
        return byId.entrySet().stream()
                .filter(one -> one.getKey().offset() >= oldest)
                .sorted(
                        Comparator.comparing((Map.Entry<BroadcastId, List<BroadcastShare>> one) ->
                                        one.getKey())
                                .reversed())
                .flatMap(one -> counts(one.getKey(), one.getValue()))
                .limit(LISTED_MAX)
                .toList();
    }

    private static Stream<BroadcastCounts> counts(BroadcastId id, List<BroadcastShare> shares) {
        return shares.stream()
                .flatMap(share -> known(id, share).stream())
                .limit(1)
                .map(known -> new BroadcastCounts(known, shares));
    }

    private static Optional<BroadcastId> id(@Nullable String text) {
        try {
            return text == null ? Optional.empty() : Optional.of(BroadcastId.parse(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** Ends what is followed, within a moment. */
    @Override
    public void close() {
        closed = true;
    }
}
