package io.lastmile.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BroadcastIdTest {
    @ParameterizedTest
    @ValueSource(strings = {"b0", "b1042", "b9223372036854775807"})
    void readsWhatItWrites(String text) {
        assertEquals(text, BroadcastId.parse(text).toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "b",
                "1042",
                "B1042",
                "b-1",
                "b+1",
                "b01",
                "b1 ",
                " b1",
                "bb1",
                "b1.0",
                "b٣",
                "b9223372036854775808",
                "b00000000000000000000000000001",
                "3-1042"
            })
    void refusesEveryOtherSpelling(String text) {
        IllegalArgumentException refused =
                assertThrows(IllegalArgumentException.class, () -> BroadcastId.parse(text));
        assertEquals(BroadcastId.RULE, refused.getMessage());
    }

    @Test
    void itsOffsetIsNotNegative() {
        assertThrows(IllegalArgumentException.class, () -> new BroadcastId(-1));
    }

    @Test
    void sortsByOffset() {
        assertTrue(new BroadcastId(9).compareTo(new BroadcastId(10)) < 0);
        assertEquals(0, new BroadcastId(9).compareTo(new BroadcastId(9)));
    }
}
