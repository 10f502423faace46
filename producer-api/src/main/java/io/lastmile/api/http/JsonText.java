package io.lastmile.api.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import io.lastmile.node.Problem;
import java.io.IOException;

/**
 * JSON that somebody sends: in UTF-8 and nothing else (RFC 8259, section 8.1), and within bounds
 * that a refusal names.
 */
final class JsonText {
    /** So deep a value may nest. Deeper than that nothing is written by hand or by a program. */
    static final int DEPTH_MAX = 1_000;

    /** So long a name may be: names are kept for a while, to be read faster the next time. */
    static final int NAME_CHARS_MAX = 4_096;

    /** Around a value of a message: the message, the array that it is in. */
    private static final int AROUND = 2;

    private static final String UTF_16 = "; it looks like UTF-16";

    private static final JsonFactory FACTORY =
            JsonFactory.builder()
                    .disable(JsonFactory.Feature.CHARSET_DETECTION)
                    .disable(JsonFactory.Feature.INTERN_FIELD_NAMES) // they are anybody's
                    .streamReadConstraints(
                            StreamReadConstraints.builder()
                                    .maxNestingDepth(DEPTH_MAX + AROUND)
                                    .maxNameLength(NAME_CHARS_MAX)
                                    // Both are bounded by the text that they stand in.
                                    .maxNumberLength(Integer.MAX_VALUE)
                                    .maxStringLength(Integer.MAX_VALUE)
                                    .build())
                    .build();

    private JsonText() {}

    /**
     * Where a text begins, behind the byte order mark that some programs write.
     *
     * @throws RefusedException where the text is not in UTF-8
     */
    static int begin(byte[] text, int from, int to) {
        int fault = utf8Fault(text, from, to);
        if (fault >= 0) {
            throw notJson(
                    "JSON in UTF-8 is expected, and at byte %d this is none%s"
                            .formatted(fault - from + 1, hasZero(text, from, to) ? UTF_16 : ""));
        }
        boolean hasMark =
                to - from >= 3
                        && text[from] == (byte) 0xEF
                        && text[from + 1] == (byte) 0xBB
                        && text[from + 2] == (byte) 0xBF;
        return hasMark ? from + 3 : from;
    }

    /** Reads a text; offsets count from where it begins. */
    static JsonParser parser(byte[] text, int begin, int to) throws IOException {
        return FACTORY.createParser(text, begin, to - begin);
    }

    /** Why a text could not be read. */
    static RefusedException refused(IOException e, String expected, byte[] text, int from, int to) {
        if (e instanceof StreamConstraintsException) {
            return notJson(
                    "JSON may be %d deep, with names of %d characters; what goes beyond can be sent as payloadBase64"
                            .formatted(DEPTH_MAX, NAME_CHARS_MAX));
        }
        return notJson(expected + (hasZero(text, from, to) ? UTF_16 : ""));
    }

    static RefusedException notJson(String detail) {
        return new RefusedException(Problem.of(400, "json", "Not understood", detail));
    }

    /** The text that the parser is at. */
    static String string(JsonParser parser, String field) throws IOException {
        if (parser.currentToken() != JsonToken.VALUE_STRING) {
            throw RefusedException.field("json", field, "a string is expected");
        }
        String text = parser.getText();
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                if (!isPair(text, i)) {
                    throw RefusedException.field(
                            "json",
                            field,
                            "\\u%04x is half of a character; a text that was cut in the middle of it?"
                                    .formatted((int) text.charAt(i)));
                }
                i++;
            }
        }
        return text;
    }

    private static boolean isPair(String text, int at) {
        return at + 1 < text.length()
                && Character.isSurrogatePair(text.charAt(at), text.charAt(at + 1));
    }

    private static boolean hasZero(byte[] text, int from, int to) {
        for (int i = from; i < to; i++) {
            if (text[i] == 0) {
                return true;
            }
        }
        return false;
    }

    /**
     * The index of the first byte that is not well-formed UTF-8 (Unicode, table 3-7): overlong
     * forms and surrogates are not. -1 where all of them are.
     */
    private static int utf8Fault(byte[] text, int from, int to) {
        int at = from;
        while (at < to) {
            if (text[at] >= 0) {
                at++;
                continue;
            }
            int first = text[at] & 0xff;
            int length = first < 0xC2 || first > 0xF4 ? 0 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
            int least = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
            int most = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
            if (length == 0 || to - at < length) {
                return at;
            }
            for (int i = 1; i < length; i++) {
                int next = text[at + i] & 0xff;
                if (next < least || next > most) {
                    return at;
                }
                least = 0x80;
                most = 0xBF;
            }
            at += length;
        }
        return -1;
    }
}
