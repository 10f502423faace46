package io.lastmile.bench.density;

import io.lastmile.bench.process.CommandRun;
import io.lastmile.bench.process.Scrape;
import io.lastmile.bench.process.ServerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;

/** What an edge process and the kernel hold, after collections of the whole heap. */
final class EdgeMemory {
    private static final Duration TOOL_WAIT = Duration.ofMinutes(2);
    private static final int COLLECTIONS = 3;
    private static final Set<String> SOCKET_CACHES =
            Set.of(
                    "TCP",
                    "TCPv6",
                    "sock_inode_cache",
                    "filp",
                    "dentry",
                    "lsm_file_cache",
                    "lsm_inode_cache",
                    "eventpoll_epi",
                    "eventpoll_pwq",
                    "tcp_bind_bucket",
                    "tcp_bind2_bucket");

    private final ServerProcess edge;
    private double longestCollectionMs;

    EdgeMemory(ServerProcess edge) {
        this.edge = edge;
    }

    /** What collections of the whole heap leave over, at the least. */
    double liveHeapBytes() {
        double live = Double.MAX_VALUE;
        longestCollectionMs = 0;
        for (int i = 0; i < COLLECTIONS; i++) { // what waits for a collection is freed by the next
            double beforeMs = collectionsMs();
            CommandRun run =
                    CommandRun.ofTool("jcmd", TOOL_WAIT, Long.toString(edge.pid()), "GC.run");
            if (run.exitCode() != 0) {
                throw new IllegalStateException("jcmd failed: " + run.output() + run.errors());
            }
            live = Math.min(live, Scrape.sum(edge, "jvm_memory_pool_collection_used_bytes{"));
            longestCollectionMs = Math.max(longestCollectionMs, collectionsMs() - beforeMs);
        }
        return live;
    }

    /**
     * Resident memory. The heap's own pages are all touched at the start, so that it grows only by
     * what is outside of the heap.
     */
    double residentBytes() throws IOException {
        return kibibytes("/proc/" + edge.pid() + "/status", "RssAnon:") * 1024;
    }

    /** The longest of the collections for the latest figure. */
    double longestCollectionMs() {
        return longestCollectionMs;
    }

    /** The kernel's objects that open sockets are made of, of all the machine. */
    static double kernelBytes() throws IOException {
        Path slabs = Path.of("/proc/slabinfo");
        if (!Files.isReadable(slabs)) { // it is root's: then all of the kernel's objects
            return kibibytes("/proc/meminfo", "Slab:") * 1024;
        }
        double bytes = 0;
        for (String line : Files.readAllLines(slabs)) {
            String[] words = line.split(" +", 5); // name, active, all, size of one ...
            if (SOCKET_CACHES.contains(words[0])) {
                bytes += Double.parseDouble(words[2]) * Double.parseDouble(words[3]);
            }
        }
        return bytes;
    }

    private double collectionsMs() {
        return 1e3 * Scrape.sum(edge, "jvm_gc_collection_seconds_sum{");
    }

    private static double kibibytes(String file, String name) throws IOException {
        for (String line : Files.readAllLines(Path.of(file))) {
            if (line.startsWith(name)) {
                return Double.parseDouble(line.replaceAll("[^0-9]", ""));
            }
        }
        throw new IOException("no " + name + " in " + file);
    }
}
