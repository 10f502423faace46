package io.lastmile.simulation;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every planted bug is noticed, by the invariant that is there for it. */
class MutantTest {
    private static final int SEEDS = 2_000;

    @ParameterizedTest
    @EnumSource(Mutant.class)
    void isCaught(Mutant mutant) {
        Map<String, Integer> others = new TreeMap<>();
        for (long seed = 1; seed <= SEEDS; seed++) {
            RuntimeException failure = Simulation.run(seed, mutant, false).failure();
            if (failure instanceof InvariantBroken broken
                    && mutant.breaks(broken.invariant())
                    && Simulation.run(seed, null, false).failure() == null) {
                System.out.println(
                        mutant + ": caught by seed " + seed + ": " + failure.getMessage());
                return;
            }
            if (failure != null) {
                String what =
                        failure instanceof InvariantBroken broken
                                ? broken.invariant().name()
                                : failure.toString();
                others.merge(what, 1, Integer::sum);
            }
        }
        fail(mutant + " lives through " + SEEDS + " seeds; what failed was " + others);
    }

    @Test
    void everyInvariantHasItsMutant() {
        for (Invariant invariant : Invariant.values()) {
            assertTrue(
                    Stream.of(Mutant.values()).anyMatch(mutant -> mutant.breaks(invariant)),
                    () -> "no planted bug breaks " + invariant);
        }
    }
}
