package io.lastmile.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MqttTextTest {
    /** The rule as section 1.5.4 lists it, character by character. */
    private static boolean isListed(int character) {
        return character <= 0x1F
                || (character >= 0x7F && character <= 0x9F)
                || (character >= 0xD800 && character <= 0xDFFF)
                || (character >= 0xFDD0 && character <= 0xFDEF)
                || character % 0x10000 == 0xFFFE
                || character % 0x10000 == 0xFFFF;
    }

    @Test
    void everyCharacterIsTakenOrRefusedAsTheSpecificationLists() {
        for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
            String text = "a" + Character.toString(c) + "z";
            assertEquals(!isListed(c), MqttText.isCarried(text), Integer.toHexString(c));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "plain",
                "gr\u00fc\u00df",
                "\u00a0",
                "\ufffd",
                "\ufeff",
                "\ud83d\ude80 \ufdcf\ufdf0"
            })
    void textIsCarried(String text) {
        assertTrue(MqttText.isCarried(text));
        assertNull(MqttText.fault(text));
    }

    @Test
    void theFaultNamesCharacterAndPlace() {
        assertEquals("U+000A is character 7: " + MqttText.RULE, MqttText.fault("line 1\nline 2"));
        assertEquals("U+0000 is character 1: " + MqttText.RULE, MqttText.fault("\0"));
        assertEquals(
                "U+D83D is character 3: " + MqttText.RULE, MqttText.fault("\ud83d\ude80x\ud83d"));
        assertEquals("U+1FFFF is character 2: " + MqttText.RULE, MqttText.fault("a\ud83f\udfff"));
        assertFalse(MqttText.isCarried("\ude80\ud83d"), "the halves the wrong way round");
    }
}
