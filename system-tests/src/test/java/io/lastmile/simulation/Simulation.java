package io.lastmile.simulation;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Runs one seed, and says how it went. */
final class Simulation {
    private Simulation() {}

    /**
     * How a run went.
     *
     * @param failure null where every invariant held; a bug of its own kind where it is not an
     *     {@link InvariantBroken}
     * @param traceHash the same in every run of the seed
     * @param trace lines for people; empty where nobody asked
     */
    record Result(
            long seed,
            @Nullable RuntimeException failure,
            long traceHash,
            List<String> trace,
            long steps,
            Map<String, Long> figures) {
        /** The failure with its seed and how to see it again; empty where there is none. */
        String report() {
            RuntimeException thrown = failure;
            return thrown == null
                    ? ""
                    : "seed "
                            + seed
                            + ": "
                            + thrown.getMessage()
                            + "\nreplay with a trace: mvn -B -pl system-tests -am test"
                            + " -Dtest=SimulationTest -Dsurefire.failIfNoSpecifiedTests=false"
                            + " -Dlastmile.simulation.seed="
                            + seed;
        }
    }

    static Result run(long seed, @Nullable Mutant mutant, boolean tracing) {
        World world = new World(seed, mutant, tracing);
        RuntimeException failure = null;
        try {
            world.run();
        } catch (RuntimeException thrown) {
            failure = thrown;
            world.trace.note(() -> thrown.toString());
        }
        return new Result(
                seed,
                failure,
                world.trace.hash(),
                world.trace.lines(),
                world.agenda.sequence(),
                world.figures.all());
    }
}
