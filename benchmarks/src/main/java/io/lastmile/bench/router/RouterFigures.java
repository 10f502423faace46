package io.lastmile.bench.router;

import io.lastmile.bench.process.CommandRun;
import io.lastmile.bench.process.Scrape;
import io.lastmile.bench.process.ServerProcess;
import io.lastmile.node.Metric;
import java.time.Duration;

/** What a router process says of itself at its admin port, and the machine of it. */
final class RouterFigures {
    private static final Duration TOOL_WAIT = Duration.ofMinutes(5);
    private static final int COLLECTIONS = 3;

    private final ServerProcess router;

    RouterFigures(ServerProcess router) {
        this.router = router;
    }

    /** How many partitions it owns. */
    long owned() {
        return (long) Scrape.sum(router, Metric.ROUTER_OWNED);
    }

    /** How many messages it has settled as delivered since its start. */
    long delivered() {
        return (long) Scrape.sum(router, Metric.ROUTER_SETTLED, "outcome=\"delivered\"");
    }

    /** How many messages, and copies, it has ended as expired since its start. */
    long expired() {
        return (long) Scrape.sum(router, Metric.ROUTER_SETTLED, "outcome=\"expired\"");
    }

    /** How many records of broadcasts it has read since its start. */
    long broadcastsRead() {
        return (long) Scrape.sum(router, Metric.ROUTER_BROADCASTS_READ);
    }

    /** The live heap in bytes: what the collections of the whole heap left over, at the least. */
    long liveHeapBytes() {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < COLLECTIONS; i++) { // what waits for a collection is freed by the next
            CommandRun run =
                    CommandRun.ofTool("jcmd", TOOL_WAIT, Long.toString(router.pid()), "GC.run");
            if (run.exitCode() != 0) {
                throw new IllegalStateException("jcmd failed: " + run.output() + run.errors());
            }
            double used = Scrape.sum(router, "jvm_memory_pool_collection_used_bytes{");
            least = Math.min(least, (long) used);
        }
        return least;
    }

    /** How long it has stood still for collections since its start. */
    double collectionsMs() {
        return 1e3 * Scrape.sum(router, "jvm_gc_collection_seconds_sum{");
    }

    /** The processor time that the process has used. */
    Duration cpu() {
        return ProcessHandle.of(router.pid())
                .flatMap(process -> process.info().totalCpuDuration())
                .orElseThrow();
    }
}
