package io.lastmile.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class IncarnationTest {
    @Test
    void everyAllowedCharacterAndNoOther() {
        String allowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
        for (char c = 0; c < Character.MAX_VALUE; c++) {
            boolean expected = allowed.indexOf(c) >= 0;
            assertEquals(expected, Incarnation.isValidNode(String.valueOf(c)), "U+" + (int) c);
        }
    }

    @Test
    void namesHaveOneToSixtyFourCharacters() {
        assertTrue(Incarnation.isValidNode("a".repeat(64)));
        assertFalse(Incarnation.isValidNode("a".repeat(65)));
        assertFalse(Incarnation.isValidNode(""));
        assertThrows(IllegalArgumentException.class, () -> new Incarnation("a/b", 1));
        assertThrows(IllegalArgumentException.class, () -> new Incarnation("edge", -1));
    }

    @Test
    void aLaterLifeIsGreater() {
        assertTrue(new Incarnation("edge", 9).compareTo(new Incarnation("edge", 10)) < 0);
        assertTrue(new Incarnation("a", 10).compareTo(new Incarnation("b", 9)) < 0);
    }

    @Test
    void aSessionNumberIsPositiveAndIsSpeltBehindItsEdge() {
        Incarnation edge = new Incarnation("edge-1", 36);
        assertEquals("edge-1/10/7", new SessionId(edge, 7).toString());
        assertThrows(IllegalArgumentException.class, () -> new SessionId(edge, 0));
        assertThrows(IllegalArgumentException.class, () -> new SessionId(edge, -1));
    }
}
