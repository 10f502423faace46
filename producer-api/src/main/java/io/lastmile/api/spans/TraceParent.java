package io.lastmile.api.spans;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A sender's trace context: the header {@code traceparent} of W3C Trace Context.
 *
 * @param traceId 32 hexadecimal digits
 * @param spanId 16 hexadecimal digits: the sender's span, the parent of ours
 * @param isSampled whether the sender records its part
 */
record TraceParent(String traceId, String spanId, boolean isSampled) {
    /** What follows the flags is of a version that we do not know, and does not change the rest. */
    private static final Pattern SYNTAX =
            Pattern.compile(
                    "(?!ff)([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?");

    private static final String VERSION = "00";

    /** The context, or null where the text is none. */
    static @Nullable TraceParent parse(String text) {
        Matcher parts = SYNTAX.matcher(text);
        if (!parts.matches()
                || (parts.group(1).equals(VERSION) && parts.group(5) != null)
                || isZero(parts.group(2))
                || isZero(parts.group(3))) {
            return null;
        }
        int flags = Integer.parseInt(parts.group(4), 16);
        return new TraceParent(parts.group(2), parts.group(3), (flags & 1) == 1);
    }

    private static boolean isZero(String digits) {
        return digits.chars().allMatch(digit -> digit == '0');
    }
}
