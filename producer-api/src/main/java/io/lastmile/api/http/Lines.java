package io.lastmile.api.http;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/** The lines of a stream, in a buffer that does not grow beyond a bound. One thread. */
final class Lines {
    private final InputStream in;
    private final int bytesMax;
    private byte[] buffer;
    private int scanned;
    private int filled;
    private int from;
    private int to;
    private boolean atEnd;

    /** Lines of at most so many bytes. */
    Lines(InputStream in, int bytesMax) {
        this.in = in;
        this.bytesMax = bytesMax;
        buffer = new byte[Math.min(bytesMax, 64 << 10)];
    }

    /** What there is to say of the next line. */
    enum Next {
        LINE,
        /** Longer than the bound; it was read to its end and dropped. */
        TOO_LONG,
        END
    }

    /** Goes on to the next line. */
    Next next() throws IOException {
        from = to = scanned;
        boolean tooLong = false;
        while (true) {
            for (int i = scanned; i < filled; i++) {
                if (buffer[i] == '\n') {
                    scanned = i + 1;
                    to = i;
                    return tooLong ? Next.TOO_LONG : Next.LINE;
                }
            }
            scanned = filled;
            if (atEnd) {
                to = filled;
                return tooLong ? Next.TOO_LONG : from < to ? Next.LINE : Next.END;
            }
            if (filled - from >= bytesMax) {
                tooLong = true;
                from = filled;
            }
            fill();
        }
    }

    private void fill() throws IOException {
        if (filled == buffer.length) {
            System.arraycopy(buffer, from, buffer, 0, filled - from);
            filled -= from;
            scanned = filled;
            from = 0;
            if (filled == buffer.length) {
                buffer = Arrays.copyOf(buffer, Math.min(bytesMax, buffer.length * 2));
            }
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
