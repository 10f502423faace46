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
import java.util.concurrent.TimeoutException;
import java.util.zip.ZipException;

/** The body of a request, read up to a bound and no further. */
final class Body {
    /** So much of a refused body is read: who sends more sees his connection closed. */
    private static final long LEFT_BYTES_MAX = 2L * Batches.ARRAY_BYTES_MAX;

    private static final Duration READ_WITHIN = Duration.ofSeconds(30);

    /** So long nothing need come; then so much a second, or the body is not waited for. */
    private static final Duration FIRST_WITHIN = Duration.ofSeconds(5);

    private static final int BYTES_PER_SECOND_MIN = 1 << 10;
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
     * Reads it. Its room is taken as it comes: a head that promises much takes nothing from others.
     *
     * @throws RefusedException where it is longer than the bound, comes too slowly, is not packed
     *     as its head says, or there is no room for it
     */
    static Payload read(HttpRequest request, int bytesMax, Held held, Clock clock)
            throws IOException {
        int declared = declaredBytes(request, bytesMax);
        if (!held.hasRoom(declared)) { // better said before it is sent
            throw new RefusedException(busy());
        }
        if (!request.hasBody()) {
            grow(held, 0);
            return Payload.EMPTY;
        }
        long begunNs = clock.nanoTime();
        // One more than is said, so that the end is found without a larger array.
        int first = Math.min(declared, FIRST_BYTES) + 1;
        grow(held, first);
        byte[] bytes = new byte[first];
        int length = 0;
        try {
            // Not closed: that would read on to the end of whatever somebody sends.
            InputStream in = request.body();
            for (int read = 0; read >= 0; ) {
                if (length > bytesMax) {
                    throw tooLarge(bytesMax);
                }
                if (length == bytes.length) {
                    int longer = Math.min(bytesMax + 1, 2 * length);
                    grow(held, longer - length);
                    bytes = Arrays.copyOf(bytes, longer);
                }
                waitForMore(request, length, clock.nanoTime() - begunNs);
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
        } catch (IOException e) {
            if (e.getCause() instanceof TimeoutException) {
                throw new RefusedException(tooSlow());
            }
            throw e;
        } finally {
            request.waitAsUsual();
        }
        return Payload.of(length == bytes.length ? bytes : Arrays.copyOf(bytes, length));
    }

    private static void grow(Held held, int more) {
        if (!held.grow(more)) {
            throw new RefusedException(busy());
        }
    }

    /** Sets how long to wait for the next bytes: as long as what came so far has earned. */
    private static void waitForMore(HttpRequest request, int length, long elapsedNs) {
        if (request.isWhole()) {
            return;
        }
        Duration earned = FIRST_WITHIN.plusMillis(1_000L * length / BYTES_PER_SECOND_MIN);
        Duration within = earned.compareTo(READ_WITHIN) < 0 ? earned : READ_WITHIN;
        Duration left = within.minusNanos(elapsedNs);
        if (!left.isPositive()) {
            throw new RefusedException(tooSlow());
        }
        request.waitAtMost(left);
    }

    /** There is no room for another body. */
    static Problem busy() {
        return Problem.of(
                503,
                "busy",
                "Busy",
                "more is on its way to Kafka than this caller's share of api.in-flight.max; the"
                        + " message was not taken");
    }

    private static Problem tooSlow() {
        return Problem.of(
                408,
                "slow",
                "Too slow",
                "a body must come at 1 KiB a second, after the first "
                        + FIRST_WITHIN.toSeconds()
                        + " seconds, and be here within "
                        + READ_WITHIN.toSeconds());
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
