package io.lastmile.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeviceIdTest {
    @Test
    void itIsComparedWithBytesInPlace() {
        DeviceId id = new DeviceId("bench-7");
        byte[] bytes = "xbench-71".getBytes(StandardCharsets.US_ASCII);
        assertTrue(id.isAt(bytes, 1, 7));
        assertFalse(id.isAt(bytes, 1, 8));
        assertFalse(id.isAt(bytes, 0, 7));
        assertEquals(7, id.length());
        assertEquals("bench-7".hashCode(), id.hashCode());
    }

    @Test
    void everyAllowedCharacterAndNoOther() {
        String allowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._:~@-";
        for (char c = 0; c < Character.MAX_VALUE; c++) {
            boolean expected = allowed.indexOf(c) >= 0;
            assertEquals(expected, DeviceId.isValid("a" + c), "U+" + (int) c);
        }
    }

    @Test
    void ofBytesTakesWhatIsValidAndNothingElse() {
        for (int b = 0; b < 256; b++) {
            String text = "a" + (char) b;
            DeviceId expected = DeviceId.isValid(text) ? new DeviceId(text) : null;
            assertEquals(expected, DeviceId.ofBytes(new byte[] {'a', (byte) b}), "byte " + b);
        }
        assertNull(DeviceId.ofBytes(new byte[0]));
        assertNull(DeviceId.ofBytes("a".repeat(129).getBytes(StandardCharsets.US_ASCII)));
    }

    @Test
    void oneToHundredTwentyEightCharacters() {
        assertTrue(DeviceId.isValid("a"));
        assertTrue(DeviceId.isValid("a".repeat(128)));
        assertFalse(DeviceId.isValid(""));
        assertFalse(DeviceId.isValid("a".repeat(129)));
    }

    /** No client leaves them in the path of a URL, however they are written. */
    @Test
    void notTheDotSegmentsOfAPath() {
        for (String dots : List.of(".", "..")) {
            assertFalse(DeviceId.isValid(dots));
            assertNull(DeviceId.ofBytes(dots.getBytes(StandardCharsets.US_ASCII)));
        }
        for (String near : List.of("...", ".a", "a.", "..a", ".a.", "-.")) {
            assertTrue(DeviceId.isValid(near), near);
            assertEquals(
                    new DeviceId(near), DeviceId.ofBytes(near.getBytes(StandardCharsets.US_ASCII)));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", ".", "..", " ", "a b", "a/b", "a+b", "#", "ä", "a\u0000", "a\n", "%20", "١"
            })
    void refusalNamesTheRule(String text) {
        IllegalArgumentException refused =
                assertThrows(IllegalArgumentException.class, () -> new DeviceId(text));
        assertEquals(DeviceId.RULE, refused.getMessage());
    }

    @Test
    void theKeyIsTheTextInAscii() {
        DeviceId device = new DeviceId("truck~7@depot");
        assertArrayEquals("truck~7@depot".getBytes(StandardCharsets.UTF_8), device.bytes());
        assertEquals("truck~7@depot", device.toString());
    }
}
