package io.lastmile.node;

import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiConsumer;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.Fields;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/** A request of HTTP/1.1 or 1.0, its head read and its body not yet. One thread at a time. */
public final class HttpRequest {
    private final Request from;
    private final String id;
    private byte[] here = new byte[0];
    private int filled;
    private boolean isWhole; // nothing of the body is left to come
    private boolean isAsked;
    private @Nullable InputStream wire; // once it is asked for

    HttpRequest(Request from) {
        this.from = from;
        id = RequestId.of(from.getHeaders().get(RequestId.HEADER));
    }

    /** What it is called in logs and in its answer: as its sender says, or a name of ours. */
    public String id() {
        return id;
    }

    /** The method, as it came. */
    public String method() {
        return from.getMethod();
    }

    /** Whether only the head of the answer to a GET is asked for: a body is left out by itself. */
    public boolean isHead() {
        return method().equals(HttpMethod.HEAD.asString());
    }

    /** The path as it came, with its percent signs, and without the query. */
    public String path() {
        String path = from.getHttpURI().getPath();
        return path == null ? "" : path;
    }

    /** What the query says, in its order. */
    public Map<String, List<String>> query() {
        Map<String, List<String>> query = new LinkedHashMap<>();
        for (Fields.Field field : Request.extractQueryParameters(from)) {
            query.put(field.getName(), List.copyOf(field.getValues()));
        }
        return query;
    }

    /** The first value of a name in the query; empty where it is not there. */
    public String query(String name) {
        return query().getOrDefault(name, List.of("")).getFirst();
    }

    /** The first header of a name; empty where there is none. */
    public String header(String name) {
        String value = from.getHeaders().get(name);
        return value == null ? "" : value;
    }

    /** The headers of a name, in their order. */
    public List<String> headers(String name) {
        return from.getHeaders().getValuesList(name);
    }

    /** Whether there is a header of that name. */
    public boolean has(String header) {
        return from.getHeaders().contains(header);
    }

    /** Shows every header's name, as it came, and value. */
    public void eachHeader(BiConsumer<String, String> visitor) {
        for (HttpField field : from.getHeaders()) {
            String value = field.getValue();
            visitor.accept(field.getName(), value == null ? "" : value);
        }
    }

    /** The address of who sends it. */
    public String peer() {
        return Request.getRemoteAddr(from);
    }

    /** Whom that address counts as where callers share something: {@link Hosts#network}. */
    public String network() {
        return from.getConnectionMetaData().getRemoteSocketAddress() instanceof InetSocketAddress at
                ? Hosts.network(at.getAddress())
                : "";
    }

    /** From now on reading, and writing, fails as late as it does where nobody says otherwise. */
    public void waitAsUsual() {
        waitAtMost(HttpListener.WITHIN_REQUEST);
    }

    /** From now on reading fails where nothing comes for so long. */
    public void waitAtMost(Duration silence) {
        from.getConnectionMetaData()
                .getConnection()
                .getEndPoint()
                .setIdleTimeout(Math.max(1, silence.toMillis()));
    }

    /** Whether a body comes with it. */
    public boolean hasBody() {
        return has(HttpHeader.TRANSFER_ENCODING.asString()) || bodyLength() > 0;
    }

    /** Bytes of the body on the wire as the head says; -1 where it does not. */
    public long bodyLength() {
        return from.getHeaders().getLongField(HttpHeader.CONTENT_LENGTH);
    }

    /** Whether its sender holds the body back until he is told to go on (RFC 9110, 10.1.1). */
    public boolean isHeldBack() {
        return has(HttpHeader.EXPECT.asString()) && !isAsked;
    }

    /**
     * Whether all of its body has come already, so that reading it will not wait. Never blocks.
     *
     * @param bytesMax of a longer body it is not asked
     */
    public boolean isHere(int bytesMax) {
        if (!hasBody() || isWhole) {
            return true;
        }
        long length = bodyLength();
        if (length < 0 || length > bytesMax || isHeldBack()) {
            return false;
        }
        here = new byte[(int) length];
        for (Content.Chunk chunk = from.read(); chunk != null; chunk = from.read()) {
            if (Content.Chunk.isFailure(chunk)) {
                return false; // it stays to be read
            }
            int bytes = chunk.remaining();
            chunk.getByteBuffer().get(here, filled, bytes);
            filled += bytes;
            isWhole = chunk.isLast();
            chunk.release();
            if (isWhole) {
                return true;
            }
        }
        return false;
    }

    /**
     * The body, unpacked where it comes packed (RFC 9110, section 8.4.1.3): whoever reads bounds
     * what comes out. Reading waits for what has not come.
     *
     * @throws UnknownEncodingException where it is packed in another way than gzip
     * @throws IOException also where it is not what its head says: a {@link
     *     java.util.zip.ZipException} or {@link java.io.EOFException}
     */
    public InputStream body() throws IOException {
        return switch (header(HttpHeader.CONTENT_ENCODING.asString()).toLowerCase(Locale.ROOT)) {
            case "", "identity" -> wire();
            case "gzip", "x-gzip" -> new Unpacked(wire());
            default -> throw new UnknownEncodingException();
        };
    }

    /** Whether nothing of the body is still to come. */
    public boolean isWhole() {
        return isWhole || !hasBody();
    }

    /** What ends waiting. */
    Scheduler scheduler() {
        return from.getComponents().getScheduler();
    }

    /**
     * Whether some of the body is still to be read. A sender who holds it back will not send it.
     */
    boolean hasMore() {
        return hasBody() && !isWhole && !isHeldBack();
    }

    /** Reads what is left of a body to its end, and drops it; waits for what has not come. */
    void skipBody() throws IOException {
        var _ = wire().transferTo(OutputStream.nullOutputStream());
    }

    private InputStream wire() {
        isAsked = true;
        if (wire == null) {
            InputStream first = new ByteArrayInputStream(here, 0, filled);
            wire =
                    isWhole
                            ? first
                            : new SequenceInputStream(
                                    first, toEnd(Content.Source.asInputStream(from)));
        }
        return wire;
    }

    /** Notes when it has come to its end. */
    private InputStream toEnd(InputStream in) {
        return new FilterInputStream(in) {
            @Override
            public int read() throws IOException {
                return noted(in.read());
            }

            @Override
            public int read(byte[] bytes, int offset, int length) throws IOException {
                return noted(in.read(bytes, offset, length));
            }

            private int noted(int read) {
                isWhole |= read < 0;
                return read;
            }

            @Override
            public void close() {} // a sequence closes what it has come to the end of
        };
    }
}
