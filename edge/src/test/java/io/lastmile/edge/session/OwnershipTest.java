package io.lastmile.edge.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class OwnershipTest {
    private final Ownership ownership = new Ownership(4);

    @Test
    void aHigherEpochTakesOverAndALowerIsRefused() {
        assertEquals(Ownership.UNOWNED, ownership.epoch(1));
        assertTrue(ownership.own(1, 10, 1));
        assertTrue(ownership.own(1, 20, 2));
        assertFalse(ownership.own(1, 10, 3));
        assertEquals(20, ownership.epoch(1));
        assertTrue(ownership.isCurrent(1, 20, 2));
        assertFalse(ownership.isCurrent(1, 10, 1));
    }

    @Test
    void theSameEpochMovesToANewerConnectionOnly() {
        assertTrue(ownership.own(2, 10, 5));
        assertTrue(ownership.own(2, 10, 6));
        assertFalse(ownership.own(2, 10, 5), "the older connection's own was still under way");
        assertFalse(ownership.isCurrent(2, 10, 5));
        assertTrue(ownership.isCurrent(2, 10, 6));
        assertTrue(ownership.own(2, 10, 6), "asked twice");
    }

    @Test
    void aNewerOwnerMayHaveAnOlderConnection() {
        assertTrue(ownership.own(0, 10, 9));
        assertTrue(ownership.own(0, 11, 3));
        assertTrue(ownership.isCurrent(0, 11, 3));
    }

    @Test
    void partitionsAreApart() {
        assertTrue(ownership.own(0, 10, 1));
        assertFalse(ownership.isCurrent(3, 10, 1));
        assertFalse(ownership.isCurrent(4, 10, 1), "out of range is nobody's");
        assertFalse(ownership.isCurrent(-1, 10, 1));
    }
}
