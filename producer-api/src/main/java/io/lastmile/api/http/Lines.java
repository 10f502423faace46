package io.lastmile.api.http;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * The lines of a stream, in a buffer that grows with the longest of them, within a bound and its
 * caller's room. One thread.
 */
final class Lines {
    private static final int FIRST_BYTES = 8 << 10;

    private final InputStream in;
    private final Held held;
    private final int bytesMax;
    private byte[] buffer;
    private int scanned;
    private int filled;
    private int from;
    private int to;
    private boolean atEnd;

    /**
     * Lines of at most so many bytes.
     *
     * @param held what the buffer takes; of it somebody else gives it back
     * @throws RefusedException where there is no room for a buffer
     */
    Lines(InputStream in, int bytesMax, Held held) {
        this.in = in;
        this.bytesMax = bytesMax;
        this.held = held;
        int first = Math.min(bytesMax, FIRST_BYTES);
        if (!held.grow(first)) {
            throw new RefusedException(Body.busy());
        }
        buffer = new byte[first];
    }

    /** What there is to say of the next line. */
    enum Next {
        LINE,
        /** Longer than the bound; it was read to its end and dropped. */
        TOO_LONG,
        /** There was no room for it; it was read to its end and dropped. */
        NO_ROOM,
        END
    }

    /** Goes on to the next line. */
    Next next() throws IOException {
        from = to = scanned;
        Next next = Next.LINE;
        while (true) {
            for (int i = scanned; i < filled; i++) {
                if (buffer[i] == '\n') {
                    scanned = i + 1;
                    to = i;
                    return next;
                }
            }
            scanned = filled;
            if (atEnd) {
                to = filled;
                return next != Next.LINE ? next : from < to ? Next.LINE : Next.END;
            }
            if (filled - from >= bytesMax) {
                next = Next.TOO_LONG;
                from = filled;
            } else if (!hasSpace()) {
                next = next == Next.LINE ? Next.NO_ROOM : next;
                from = filled;
            }
            fill();
        }
    }

    /** Whether the line can go on; makes the buffer longer where it is as long as that. */
    private boolean hasSpace() {
        if (from > 0 || filled < buffer.length) {
            return true;
        }
        int longer = Math.min(bytesMax, buffer.length * 2);
        if (!held.grow(longer - buffer.length)) {
            return false;
        }
        buffer = Arrays.copyOf(buffer, longer);
        return true;
    }

    private void fill() throws IOException {
        if (filled == buffer.length) { // then there is something in front of the line
            System.arraycopy(buffer, from, buffer, 0, filled - from);
            filled -= from;
            scanned = filled;
            from = 0;
        }
        int read = in.read(buffer, filled, buffer.length - filled);
        if (read < 0) {
            atEnd = true;
        } else {
            filled += read;
        }
    }

    /** The buffer that the line is in, until the next one is asked for. */
    byte[] buffer() {
        return buffer;
    }

    int from() {
        return from;
    }

    int to() {
        return to;
    }

    /** Whether there is nothing in the line but white space. */
    boolean isBlank() {
        for (int i = from; i < to; i++) {
            if (buffer[i] != ' ' && buffer[i] != '\t' && buffer[i] != '\r') {
                return false;
            }
        }
        return true;
    }
}
