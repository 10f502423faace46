package io.lastmile.cli.replay;

import io.lastmile.node.Clock;
import io.lastmile.node.Counted;
import io.lastmile.node.replay.Replay;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Keeps how far a replay is in a file, and says it, now and then. The replay's thread. */
final class Keeping implements Consumer<Replay> {
    private static final long SAVE_NS = TimeUnit.SECONDS.toNanos(1);
    private static final long SAY_NS = TimeUnit.SECONDS.toNanos(5);

    private final String name;
    private final @Nullable Path file;
    private final Progress begun;
    private final Clock clock;
    private final PrintWriter err;
    private long savedNs;
    private long saidNs;

    /**
     * Begins with what was reached before.
     *
     * @param file null where there is nothing to resume
     */
    Keeping(String name, @Nullable Path file, Progress begun, Clock clock, PrintWriter err) {
        this.name = name;
        this.file = file;
        this.begun = begun;
        this.clock = clock;
        this.err = err;
        savedNs = clock.nanoTime();
        saidNs = savedNs;
        if (file != null) {
            begun.write(file);
        }
    }

    @Override
    public void accept(Replay replay) {
        long nowNs = clock.nanoTime();
        if (nowNs - savedNs >= SAVE_NS) {
            settle(replay);
            savedNs = clock.nanoTime();
        }
        if (nowNs - saidNs >= SAY_NS) {
            saidNs = nowNs;
            err.println(
                    "replay %s: %s, %d %% read"
                            .formatted(
                                    name,
                                    Counted.of(
                                            begun.messages() + replay.totals().messages(),
                                            "message"),
                                    replay.course().percentRead()));
            err.flush();
        }
    }

    /** Waits until what was taken is safe, and remembers that. */
    void settle(Replay replay) {
        replay.settle();
        if (file != null) {
            new Progress(
                            begun.arguments(),
                            replay.course(),
                            begun.messages() + replay.totals().messages(),
                            begun.bytes() + replay.totals().bytes())
                    .write(file);
        }
    }
}
