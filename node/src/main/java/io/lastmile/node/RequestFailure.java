package io.lastmile.node;

import java.io.EOFException;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.zip.ZipException;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;

/** What is said of a request that cannot be read, or that nobody could answer. */
public final class RequestFailure {
    private static final String NOT_UNDERSTOOD = "this is not the HTTP request that was expected";

    private RequestFailure() {}

    /**
     * What to say where reading or answering it failed so; null where its sender is not there any
     * more.
     */
    public static @Nullable Problem of(Throwable failure) {
        Throwable cause = failure.getCause();
        return switch (failure) {
            case UnpackedTooLongException _ -> UnpackedTooLongException.problem();
            case UnknownEncodingException _ -> encoding();
            case ZipException _ -> encoding();
            case EOFException e when e.getClass() == EOFException.class -> encoding(); // of gzip
            case HttpException bad -> of(bad.getCode(), bad.getReason());
            case IOException _ when cause instanceof HttpException bad ->
                    of(bad.getCode(), bad.getReason());
            case IOException _ -> cause instanceof TimeoutException ? slow() : null;
            default -> internal();
        };
    }

    /** A mistake of ours. */
    public static Problem internal() {
        return Problem.of(500, "internal", "Internal error", "the service's log says more");
    }

    /**
     * What to say where the server's parser did not take it.
     *
     * @param reason its own words; null where it has none
     */
    static Problem of(int status, @Nullable String reason) {
        return switch (status) {
            case 408 -> slow();
            case 414 ->
                    Problem.of(
                            414,
                            "uri-too-long",
                            "URI too long",
                            "the request line does not fit into the "
                                    + HttpListener.HEAD_BYTES_MAX
                                    + " bytes that the head of a request may have");
            case 417 ->
                    new Problem(
                            417,
                            "expect",
                            "Expectation not met",
                            "Expect: only 100-continue is understood",
                            HttpHeader.EXPECT.asString());
            case 426 ->
                    Problem.of(
                            426,
                            "http-version",
                            "HTTP version not supported",
                            "HTTP/2 is not spoken here, HTTP/1.1 is");
            case 431 ->
                    Problem.of(
                            431,
                            "head-too-large",
                            "Head too large",
                            "the head of a request may have "
                                    + HttpListener.HEAD_BYTES_MAX
                                    + " bytes");
            case 503 -> // asked on a connection of old
                    Problem.of(503, "stopping", "Stopping", "this node stops; ask another one");
            case 505 ->
                    Problem.of(
                            505,
                            "http-version",
                            "HTTP version not supported",
                            "HTTP/1.1 and HTTP/1.0 are spoken here");
            default ->
                    Problem.of(
                            // What the server calls internal is what its parser did not expect.
                            status == 500 ? 400 : status,
                            "http",
                            "Not understood",
                            reason == null || reason.isBlank()
                                    ? NOT_UNDERSTOOD
                                    : NOT_UNDERSTOOD + ": " + reason);
        };
    }

    /** What is wrong with the way that the body is framed (RFC 9112, section 6.1); null if fine. */
    static @Nullable Problem ofFraming(Request request) {
        List<String> codings =
                request.getHeaders().getCSV(HttpHeader.TRANSFER_ENCODING, false).stream().toList();
        if (codings.isEmpty()) {
            return null;
        }
        if (HttpVersion.HTTP_1_0.is(request.getConnectionMetaData().getProtocol())) {
            return framing(400, "not part of HTTP/1.0");
        }
        return codings.size() == 1 && codings.getFirst().equalsIgnoreCase("chunked")
                ? null
                : framing(
                        501,
                        "only chunked is understood; a body may be packed as Content-Encoding says");
    }

    private static Problem framing(int status, String detail) {
        String field = HttpHeader.TRANSFER_ENCODING.asString();
        return new Problem(
                status,
                "transfer-encoding",
                "Transfer coding not understood",
                field + ": " + detail,
                field);
    }

    private static Problem slow() {
        return Problem.of(
                408,
                "slow",
                "Too slow",
                "nothing came of the body for "
                        + HttpListener.WITHIN_REQUEST.toSeconds()
                        + " seconds");
    }

    private static Problem encoding() {
        return new Problem(
                415,
                "content-encoding",
                "Encoding not understood",
                "Content-Encoding: only gzip is understood, and only where the body is that",
                HttpHeader.CONTENT_ENCODING.asString());
    }
}
