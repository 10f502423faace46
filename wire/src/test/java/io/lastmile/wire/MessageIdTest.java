package io.lastmile.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MessageIdTest {
    @ParameterizedTest
    @ValueSource(strings = {"0-0", "3-1042", "2147483647-9223372036854775807"})
    void readsWhatItWrites(String text) {
        assertEquals(text, MessageId.parse(text).toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "-",
                "3",
                "3-",
                "-3",
                "-3-4",
                "3--4",
                "+3-4",
                "3-+4",
                "03-4",
                "3-04",
                "3-4 ",
                " 3-4",
                "3-4-5",
                "3.4",
                "a-b",
                "2147483648-0",
                "0-9223372036854775808",
                "٣-٤",
                "3-0x4",
                "0000000000000000000000000003-4"
            })
    void refusesEveryOtherSpelling(String text) {
        IllegalArgumentException refused =
                assertThrows(IllegalArgumentException.class, () -> MessageId.parse(text));
        assertEquals(MessageId.RULE, refused.getMessage());
    }

    @Test
    void partitionAndOffsetAreNotNegative() {
        assertThrows(IllegalArgumentException.class, () -> new MessageId(-1, 0));
        assertThrows(IllegalArgumentException.class, () -> new MessageId(0, -1));
    }

    @Test
    void sortsByOffsetWithinAPartition() {
        assertTrue(new MessageId(3, 9).compareTo(new MessageId(3, 10)) < 0);
        assertTrue(new MessageId(2, 10).compareTo(new MessageId(3, 9)) < 0);
        assertEquals(0, new MessageId(3, 9).compareTo(new MessageId(3, 9)));
    }
}
