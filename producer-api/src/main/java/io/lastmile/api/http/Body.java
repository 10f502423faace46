package io.lastmile.api.http;

import io.lastmile.node.Clock;
import io.lastmile.node.HttpRequest;
import io.lastmile.node.Problem;
import io.lastmile.wire.Payload;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.zip.ZipException;

/** The body of a request, read up to a bound and no further. */
final class Body {
    /** So much of a refused body is read: who sends more sees his connection closed. */
    private static final long LEFT_BYTES_MAX = 2L * PostMessages.ARRAY_BYTES_MAX;

    private static final Duration READ_WITHIN = Duration.ofSeconds(30);
    private static final int FIRST_BYTES = 4_096;

    private Body() {}

    /**
     * The bytes that the body will take at most, as its head says.
     *
     * @throws RefusedException where it says more than the bound
     */
    static int declaredBytes(HttpRequest request, int bytesMax) {
        long length = request.bodyLength();
        if (length < 0 || request.has("Content-Encoding")) {
            return request.hasBody() ? bytesMax : 0;
        }
        if (length > bytesMax) {
            throw tooLarge(bytesMax);
        }
        return (int) length;
    }

    /**
     * Reads it.
     *
     * @throws RefusedException where it is longer than the bound, comes too slowly, or is not
     *     packed as its head says
     */
    static Payload read(HttpRequest request, int bytesMax, Clock clock) throws IOException {
        if (!request.hasBody()) {
            return Payload.EMPTY;
        }
        long endNs = clock.nanoTime() + READ_WITHIN.toNanos();
        // One more than is said, so that the end is found without a larger array.
        int expected = Math.min(declaredBytes(request, bytesMax), FIRST_BYTES);
        byte[] bytes = new byte[Math.min(bytesMax, expected) + 1];
        int length = 0;
        try {
            // Not closed: that would read on to the end of whatever somebody sends.
            InputStream in = request.body();
            for (int read = 0; read >= 0; ) {
                if (length > bytesMax) {
                    throw tooLarge(bytesMax);
                }
                if (clock.nanoTime() - endNs > 0) {
                    throw new RefusedException(tooSlow());
                }
                if (length == bytes.length) {
                    bytes = Arrays.copyOf(bytes, Math.min(bytesMax + 1, 2 * length));
                }
                read = in.read(bytes, length, bytes.length - length);
                length += Math.max(read, 0);
            }
        } catch (ZipException e) {
            throw new RefusedException(notPacked());
        } catch (EOFException e) {
            if (request.has("Content-Encoding")) {
                throw new RefusedException(notPacked());
            }
            throw e; // the peer has gone
        }
        return Payload.of(length == bytes.length ? bytes : Arrays.copyOf(bytes, length));
    }

    private static Problem tooSlow() {
        return Problem.of(
                408,
                "slow",
                "Too slow",
                "a body must be here within " + READ_WITHIN.toSeconds() + " seconds");
    }

    private static Problem notPacked() {
        return new Problem(
                415,
                "content-encoding",
                "Encoding not understood",
                "Content-Encoding: the body is not the gzip that it is said to be",
                "Content-Encoding");
    }

    /**
     * Whether nothing more is to be read of the body of a refused request. A small one is read to
     * its end, so that a client that is still writing gets to read the answer.
     */
    static boolean isToBeLeft(HttpRequest request) {
        long length = request.bodyLength();
        boolean isLong = length < 0 ? request.hasBody() : length > LEFT_BYTES_MAX;
        return request.isHeldBack() || isLong;
    }

    static RefusedException tooLarge(int bytesMax) {
        return new RefusedException(
                new Problem(
                        413,
                        "payload-too-large",
                        "Payload too large",
                        "a payload is at most " + bytesMax + " bytes (api.payload.max)",
                        "body"));
    }
}
