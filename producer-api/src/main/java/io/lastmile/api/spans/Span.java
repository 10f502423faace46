package io.lastmile.api.spans;

import java.util.Map;

/**
 * A stretch of a message's life.
 *
 * @param traceId 32 hexadecimal digits
 * @param spanId 16 hexadecimal digits
 * @param parentId the span that it is a part of
 * @param beginMs since the epoch
 * @param endMs since the epoch, not before its begin
 * @param problem in people's words; empty where there was none
 */
record Span(
        String traceId,
        String spanId,
        String parentId,
        String name,
        long beginMs,
        long endMs,
        Map<String, String> attributes,
        String problem) {
    Span {
        attributes = Map.copyOf(attributes);
    }
}
