package io.lastmile.api.http;

import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import io.lastmile.node.Problem;
import io.lastmile.wire.Payload;
import java.io.IOException;
import java.io.InputStream;
import java.util.OptionalLong;

/** The body of a request, read up to a bound and no further. */
final class Body {
    /** So much of a refused body is read: who sends more sees his connection closed. */
    private static final long LEFT_BYTES_MAX = 2L * PostMessages.ARRAY_BYTES_MAX;

    private Body() {}

    /**
     * The bytes that the body will take at most, as its head says.
     *
     * @throws RefusedException where it says more than the bound
     */
    static int declaredBytes(ServerRequest request, int bytesMax) {
        OptionalLong length = request.headers().contentLength();
        if (length.isEmpty()) {
            return request.content().hasEntity() ? bytesMax : 0;
        }
        if (length.getAsLong() > bytesMax) {
            throw tooLarge(bytesMax);
        }
        return (int) length.getAsLong();
    }

    /** Reads it. */
    static Payload read(ServerRequest request, int bytesMax) throws IOException {
        if (!request.content().hasEntity()) {
            return Payload.EMPTY;
        }
        // Not closed: that would read on to the end of whatever somebody sends.
        InputStream in = request.content().inputStream();
        byte[] bytes = in.readNBytes(bytesMax + 1);
        if (bytes.length > bytesMax) {
            throw tooLarge(bytesMax);
        }
        return Payload.of(bytes);
    }

    /**
     * Whether nothing more is to be read of the body of a refused request. A small one is read to
     * its end, so that a client that is still writing gets to read the answer.
     */
    static boolean isToBeLeft(ServerRequest request) {
        boolean waiting = request.headers().contains(HeaderNames.EXPECT) && !request.continueSent();
        long length =
                request.headers()
                        .contentLength()
                        .orElse(request.content().hasEntity() ? Long.MAX_VALUE : 0);
        return waiting || length > LEFT_BYTES_MAX;
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
