package io.lastmile.node;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpHeaderValue;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/**
 * The answer to a request: status and headers, then {@link #send} or {@link #stream}, once. One
 * thread at a time, and any.
 */
public final class HttpAnswer {
    /** The status, for who counts, of a request whose sender was gone before its end. */
    private static final int BROKEN_OFF = 400;

    private final HttpRequest request;
    private final Response to;
    private final Callback end;
    private final HttpListener listener;
    private final AtomicBoolean ended = new AtomicBoolean();
    private boolean isSent;
    private boolean isLast; // of its connection
    private @Nullable IntConsumer whenEnded;

    HttpAnswer(HttpRequest request, Response to, Callback end, HttpListener listener) {
        this.request = request;
        this.to = to;
        this.end = end;
        this.listener = listener;
        to.setStatus(200);
        to.getHeaders().put(RequestId.HEADER, request.id());
    }

    /** What its request is called in logs and in the answer. */
    public String id() {
        return request.id();
    }

    /** Sets the status; 200 where nobody does. */
    public HttpAnswer status(int status) {
        to.setStatus(status);
        return this;
    }

    /** Sets a header. */
    public HttpAnswer header(String name, String value) {
        to.getHeaders().put(name, value);
        return this;
    }

    /** Sets the type of what is sent. */
    public HttpAnswer type(String contentType) {
        to.getHeaders().put(HttpHeader.CONTENT_TYPE, contentType);
        return this;
    }

    /** Says after how many seconds it may be worth to try again. */
    public HttpAnswer retryAfter(int seconds) {
        to.getHeaders().put(HttpHeader.RETRY_AFTER, Integer.toString(seconds));
        return this;
    }

    /** Sends it with this body. Never blocks. */
    public void send(byte[] body) {
        isSent = true;
        to.getHeaders().put(HttpHeader.CONTENT_LENGTH, body.length);
        to.write(true, ByteBuffer.wrap(body), Callback.from(this::succeeded, this::failed));
    }

    /** Sends it without a body. Never blocks. */
    public void send() {
        isSent = true;
        to.write(true, null, Callback.from(this::succeeded, this::failed));
    }

    /** Sends JSON; a problem's where the status is one. Never blocks. */
    public void sendJson(int status, String json) {
        status(status)
                .type(status >= 400 ? Problem.CONTENT_TYPE : "application/json")
                .send(json.getBytes(StandardCharsets.UTF_8));
    }

    /** Sends a problem. Never blocks. */
    public void send(Problem problem) {
        sendJson(problem.status(), problem.json());
    }

    /**
     * Sends a problem and closes the connection, so that what the peer still sends of its request
     * is neither read nor taken for the next one. Never blocks.
     */
    public void sendAndClose(Problem problem) {
        isLast = true;
        to.getHeaders().put(HttpHeader.CONNECTION, HttpHeaderValue.CLOSE.asString());
        send(problem);
    }

    /** A body of unknown length, which goes out as it is written. Writing waits for the peer. */
    public OutputStream stream() {
        isSent = true;
        return new FilterOutputStream(Content.Sink.asOutputStream(to)) {
            @Override
            public void write(byte[] bytes, int from, int length) throws IOException {
                out.write(bytes, from, length);
            }

            @Override
            public void flush() {} // nothing is held back

            @Override
            public void close() throws IOException {
                out.close();
                succeeded();
            }
        };
    }

    /** Answers as soon as it is known what with, on a thread that reads sockets. */
    public <T> void when(CompletableFuture<T> known, Consumer<T> answer) {
        var _ =
                known.whenComplete((value, failure) ->
                        listener.later(
                                this,
                                () -> {
                                    if (failure != null) {
                                        throw new IllegalStateException(failure);
                                    }
                                    answer.accept(value);
                                }));
    }

    /** Calls with the status when all is sent, or nobody is there any more; must not throw. */
    public void whenEnded(IntConsumer listener) {
        whenEnded = listener;
    }

    /** Whether something was sent: then nothing else can be answered. */
    public boolean isSent() {
        return isSent;
    }

    /** Gives up: the peer sees its connection closed. */
    void abandon(Throwable why) {
        failed(why);
    }

    private void succeeded() {
        if (!ended()) {
            return;
        }
        if (request.hasMore() && !isLast) {
            var _ = Thread.ofVirtual().name("http-rest").start(this::skipRest);
        } else {
            end.succeeded();
        }
    }

    /**
     * Reads what is left of a body that nobody wanted, so that who still writes it gets to read the
     * answer, and can ask again on the same connection.
     */
    private void skipRest() {
        long withinMs = HttpListener.WITHIN_REQUEST.toMillis();
        Scheduler.Task cutOff =
                request.scheduler()
                        .schedule(
                                () -> end.failed(new EofException("the rest does not come")),
                                withinMs,
                                TimeUnit.MILLISECONDS);
        try {
            request.skipBody();
            if (cutOff.cancel()) {
                end.succeeded();
            }
        } catch (IOException | RuntimeException e) {
            if (cutOff.cancel()) {
                end.failed(new EofException(e));
            }
        }
    }

    private void failed(Throwable why) {
        if (ended()) {
            end.failed(new EofException(why)); // a peer's mistake: said to nobody
        }
    }

    private boolean ended() {
        if (!ended.compareAndSet(false, true)) {
            return false;
        }
        IntConsumer listener = whenEnded;
        if (listener != null) {
            listener.accept(isSent ? to.getStatus() : BROKEN_OFF);
        }
        return true;
    }
}
