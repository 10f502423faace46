package io.lastmile.bench.process;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Ends the processes that this one started when this one ends, however that comes about. */
final class Orphans {
    private static final Set<Process> STARTED = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime()
                .addShutdownHook(
                        new Thread(
                                () -> STARTED.forEach(Process::destroyForcibly),
                                "end-started-processes"));
    }

    private Orphans() {}

    static void endWithThisProcess(Process process) {
        STARTED.removeIf(other -> !other.isAlive());
        STARTED.add(process);
    }
}
