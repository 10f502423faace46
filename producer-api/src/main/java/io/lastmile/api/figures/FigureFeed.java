package io.lastmile.api.figures;

import io.lastmile.node.Clock;
import io.lastmile.node.Tasks;
import io.lastmile.node.kafka.NodesView;
import io.lastmile.node.kafka.NodesView.Seen;
import io.lastmile.wire.Incarnation;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * The figures of all nodes, gathered once a second while somebody watches, and a while longer, so
 * that who loads the page again still has the last minutes. Any thread.
 */
public final class FigureFeed implements AutoCloseable {
    /** How many of the last figures who begins to watch is given: five minutes. */
    static final int HISTORY_MAX = 300;

    private static final Duration INTERVAL = Duration.ofSeconds(1);
    private static final long UNWATCHED_NS = Duration.ofMinutes(1).toNanos();

    /**
     * What was gathered at one time.
     *
     * @param sequence 1, 2, 3 and so on
     * @param figures of all together, as JSON
     */
    public record Gathered(long sequence, String figures) {}

    private final Supplier<Map<Incarnation, Seen>> all;
    private final Supplier<Set<Incarnation>> gone;
    private final Function<Set<String>, Map<String, String>> scraper;
    private final long silentAfterMs;
    private final Clock clock;
    private final ScheduledExecutorService thread;
    private final Readings readings = new Readings(); // the thread's own

    // Guarded by this.
    private final Deque<Gathered> history = new ArrayDeque<>();
    private String nodes = "{\"nodes\":[]}";
    private long sequence;
    private long watchedNs;
    private boolean isWatched;
    private boolean isClosed;

    /**
     * The figures of those nodes.
     *
     * @param silentAfter without a sign of life
     */
    public FigureFeed(
            NodesView nodes, Scraper scraper, Duration silentAfter, Clock clock, Tasks tasks) {
        this(
                nodes::all,
                () -> nodes.declaredGone().keySet(),
                scraper::scrape,
                silentAfter,
                clock,
                tasks);
    }

    /**
     * The same of nodes and metrics that come from elsewhere.
     *
     * @param scraper gives the metrics of addresses, as text
     */
    public FigureFeed(
            Supplier<Map<Incarnation, Seen>> all,
            Supplier<Set<Incarnation>> gone,
            Function<Set<String>, Map<String, String>> scraper,
            Duration silentAfter,
            Clock clock,
            Tasks tasks) {
        this.all = all;
        this.gone = gone;
        this.scraper = scraper;
        this.silentAfterMs = silentAfter.toMillis();
        this.clock = clock;
        thread =
                Executors.newSingleThreadScheduledExecutor(
                        Thread.ofPlatform().name("lastmile-figures").daemon().factory());
        var _ = tasks.task("api-figures").every(thread, INTERVAL, this::tick);
    }

    private void tick() {
        if (isDue()) {
            gather();
        }
    }

    private synchronized boolean isDue() {
        if (isWatched && clock.nanoTime() - watchedNs > UNWATCHED_NS) {
            isWatched = false;
            history.clear();
        }
        return isWatched;
    }

    private void gather() {
        Map<Incarnation, Seen> seen = all.get();
        Set<Incarnation> over = gone.get();
        Set<String> addresses = new TreeSet<>();
        seen.forEach((incarnation, last) -> {
            String address = last.heartbeat().addresses().get("admin");
            if (address != null && !over.contains(incarnation)) {
                addresses.add(address);
            }
        });
        Map<String, Exposition> said = new HashMap<>();
        scraper.apply(addresses)
                .forEach((address, text) -> said.put(address, Exposition.parse(text)));
        readings.add(clock.nanoTime(), said);
        String figures = FigurePages.figures(clock.nowMs(), readings, addresses);
        String page = FigurePages.nodes(seen, over, silentAfterMs, readings);
        synchronized (this) {
            history.addLast(new Gathered(++sequence, figures));
            if (history.size() > HISTORY_MAX) {
                history.removeFirst();
            }
            nodes = page;
            notifyAll();
        }
    }

    /**
     * What was gathered after that, oldest first; waits for it, at most so long.
     *
     * @param sequence 0 for all that is known
     */
    public synchronized List<Gathered> after(long sequence, Duration atMost)
            throws InterruptedException {
        long deadlineNs = clock.nanoTime() + atMost.toNanos();
        while (!isClosed) {
            isWatched = true;
            watchedNs = clock.nanoTime();
            long waitNs = deadlineNs - watchedNs;
            if ((!history.isEmpty() && history.getLast().sequence > sequence) || waitNs <= 0) {
                break;
            }
            TimeUnit.NANOSECONDS.timedWait(this, waitNs);
        }
        return history.stream()
                .filter(gathered -> gathered.sequence > sequence)
                .collect(Collectors.toList());
    }

    /** All nodes, as JSON, as they stood when figures were last gathered. */
    public synchronized String nodes() {
        return nodes;
    }

    /** Whether it is over. */
    public synchronized boolean isClosed() {
        return isClosed;
    }

    @Override
    public void close() {
        thread.shutdownNow();
        synchronized (this) {
            isClosed = true;
            notifyAll();
        }
    }
}
