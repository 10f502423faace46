package io.lastmile.node;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The parts of a URL's path between its slashes, decoded one by one, so that %2F is no slash. */
public final class PathSegments {
    /** What to tell somebody whose path was refused. */
    public static final String RULE =
            "percent signs in a path spell UTF-8, with two hex digits each";

    private PathSegments() {}

    /**
     * The segments of a path that begins with a slash.
     *
     * @throws IllegalArgumentException where percent signs are not followed by UTF-8 in hex
     */
    public static List<String> of(String rawPath) {
        List<String> segments = new ArrayList<>();
        int from = rawPath.startsWith("/") ? 1 : 0;
        while (from <= rawPath.length()) {
            int slash = rawPath.indexOf('/', from);
            int to = slash < 0 ? rawPath.length() : slash;
            segments.add(decode(rawPath.substring(from, to)));
            from = to + 1;
        }
        return segments;
    }

    private static String decode(String segment) {
        if (segment.indexOf('%') < 0) {
            return segment;
        }
        byte[] raw = segment.getBytes(StandardCharsets.UTF_8);
        ByteBuffer decoded = ByteBuffer.allocate(raw.length);
        for (int i = 0; i < raw.length; i++) {
            if (raw[i] != '%') {
                decoded.put(raw[i]);
                continue;
            }
            int high = i + 2 < raw.length ? Character.digit(raw[i + 1], 16) : -1;
            int low = i + 2 < raw.length ? Character.digit(raw[i + 2], 16) : -1;
            if (high < 0 || low < 0) {
                throw new IllegalArgumentException(RULE);
            }
            decoded.put((byte) (high << 4 | low));
            i += 2;
        }
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(decoded.flip()).toString();
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException(RULE, e);
        }
    }
}
