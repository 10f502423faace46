package io.lastmile.wire;

import org.jspecify.annotations.Nullable;

/**
 * What MQTT carries as text (MQTT 5, section 1.5.4). A device may close its connection on a control
 * character, a non-character or half of a surrogate pair, and some do: it would be sent the message
 * again and again. So nothing of the kind is accepted from a producer or sent to a device.
 */
public final class MqttText {
    /** What to tell somebody whose text was refused. */
    public static final String RULE =
            "no control characters, non-characters or halves of surrogate pairs (MQTT 5, section"
                    + " 1.5.4)";

    private MqttText() {}

    /** Whether every device takes it. */
    public static boolean isCarried(String text) {
        return firstRefused(text) < 0;
    }

    /**
     * What is wrong with it and where, such as {@code U+000A is character 7: ...}; null where every
     * device takes it. Characters are counted from 1.
     */
    public static @Nullable String fault(String text) {
        int at = firstRefused(text);
        return at < 0
                ? null
                : "U+%04X is character %d: %s"
                        .formatted(text.codePointAt(at), text.codePointCount(0, at) + 1, RULE);
    }

    /** The index of the first character that is refused, -1 where there is none. */
    private static int firstRefused(String text) {
        int length = text.length();
        for (int i = 0; i < length; i++) {
            char unit = text.charAt(i);
            if (unit >= ' ' && unit < 0x7f) {
                continue; // nearly always
            }
            int character = text.codePointAt(i);
            if (isRefused(character)) {
                return i;
            }
            i += Character.charCount(character) - 1;
        }
        return -1;
    }

    private static boolean isRefused(int character) {
        return Character.isISOControl(character)
                || (character >= Character.MIN_SURROGATE && character <= Character.MAX_SURROGATE)
                || (character >= 0xFDD0 && character <= 0xFDEF)
                || (character & 0xFFFE) == 0xFFFE;
    }
}
