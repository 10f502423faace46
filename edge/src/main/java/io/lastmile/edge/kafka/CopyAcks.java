package io.lastmile.edge.kafka;

import io.lastmile.edge.kafka.Pending.Mark;
import io.lastmile.edge.kafka.Pending.OfCopies;
import io.lastmile.edge.kafka.Pending.OfCopy;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Acknowledgements of copies, gathered by their broadcast's mark. One thread. */
final class CopyAcks {
    /** The most in one record, which is some 10 KB then. */
    static final int RECORD_MAX = 1_000;

    private final Map<Mark, List<OfCopy>> byMark = new LinkedHashMap<>();
    private long sinceNs;

    boolean isEmpty() {
        return byMark.isEmpty();
    }

    /** When the first of them came. */
    long sinceNs() {
        return sinceNs;
    }

    /**
     * Takes one more.
     *
     * @return those that are to be written now; null where there is room for others
     */
    @Nullable OfCopies add(OfCopy ack, long nanoTime) {
        if (byMark.isEmpty()) {
            sinceNs = nanoTime;
        }
        List<OfCopy> all = byMark.computeIfAbsent(ack.mark(), mark -> new ArrayList<>());
        all.add(ack);
        if (all.size() < RECORD_MAX) {
            return null;
        }
        byMark.remove(ack.mark());
        return new OfCopies(ack.mark(), all);
    }

    /** All of them; none stays. */
    List<OfCopies> take() {
        List<OfCopies> taken = new ArrayList<>(byMark.size());
        byMark.forEach((mark, all) -> taken.add(new OfCopies(mark, all)));
        byMark.clear();
        return taken;
    }
}
