package io.lastmile.edge.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class KeyedTableTest {
    private record Thing(String key, int version) {}

    private final KeyedTable<String, Thing> table = new KeyedTable<>(Thing::key);

    @Test
    void aLateRemovalDoesNotEraseANewerOne() {
        Thing older = new Thing("a", 1);
        assertNull(table.put(older));
        Thing newer = new Thing("a", 2);
        assertSame(older, table.put(newer));
        table.remove(older);
        assertSame(newer, table.find("a"));
        table.remove(newer);
        assertNull(table.find("a"));
        assertEquals(0, table.size());
    }

    @Test
    void itHoldsWhatAMapHolds() {
        for (long seed = 0; seed < 20; seed++) {
            Random random = new Random(seed);
            KeyedTable<String, Thing> seeded = new KeyedTable<>(Thing::key);
            Map<String, Thing> model = new HashMap<>();
            for (int step = 0; step < 5_000; step++) {
                String key = Integer.toString(random.nextInt(300));
                if (random.nextInt(5) < 3) {
                    Thing thing = new Thing(key, step);
                    assertSame(model.put(key, thing), seeded.put(thing), "seed " + seed);
                } else {
                    Thing there = seeded.find(key);
                    assertSame(model.remove(key), there, "seed " + seed);
                    seeded.remove(there == null ? new Thing(key, step) : there);
                }
                assertEquals(model.size(), seeded.size(), "seed " + seed);
            }
            assertEquals(
                    new HashSet<>(model.values()), new HashSet<>(seeded.all()), "seed " + seed);
        }
    }
}
