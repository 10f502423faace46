package io.lastmile.node;

import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import org.eclipse.jetty.http.HttpCompliance.Violation;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpHeaderValue;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.NanoTime;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An open HTTP port with one handler for every path. What cannot be understood, and every mistake
 * of the handler, is answered with a {@link Problem}.
 */
public final class HttpListener implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HttpListener.class);

    private static final int CONNECTIONS_MAX_DEFAULT = 1_000;
    private static final String[] TLS_VERSIONS = {"TLSv1.3", "TLSv1.2"};
    private static final int WAITING_TO_BE_ACCEPTED = 1_024;
    static final int HEAD_BYTES_MAX = 16 << 10;
    private static final int INPUT_BYTES = 32 << 10;
    private static final Duration BETWEEN_REQUESTS = Duration.ofMinutes(2);

    /** So long a peer may neither send what it began nor read what is written. */
    static final Duration WITHIN_REQUEST = Duration.ofSeconds(30);

    /** The head of a request, and TLS's handshake before the first. */
    private static final Duration HEAD_WITHIN = Duration.ofSeconds(10);

    private static final Duration STOP_WITHIN = Duration.ofSeconds(2);

    /** A connection that has said nothing for so long does not hold up a stop. */
    private static final Duration SAYS_NOTHING = Duration.ofMillis(100);

    private final Handling handler;
    private final Server server;
    private final HttpConnector connector;

    /** Answers requests. */
    @FunctionalInterface
    public interface Handling {
        /**
         * Answers one, now or later. On a thread of its own that may block, unless it {@link
         * #isQuick}.
         */
        void handle(HttpRequest request, HttpAnswer answer) throws IOException;

        /**
         * Whether to handle this one will not block: then the thread that reads sockets does it,
         * which saves waking up another. Must not block itself.
         */
        default boolean isQuick(HttpRequest request) {
            return false;
        }
    }

    /** Something that answers, and may fail to. */
    @FunctionalInterface
    interface Answering {
        void run() throws IOException;
    }

    /**
     * Opens the port.
     *
     * @param portKey the setting to name where the port is taken
     * @param port 0 for any free one
     */
    public HttpListener(String portKey, String host, int port, Handling handler) {
        this(portKey, host, port, null, CONNECTIONS_MAX_DEFAULT, handler);
    }

    /**
     * Opens the port, for HTTPS where there is a context for it.
     *
     * @param tls null for plain HTTP
     * @param connectionsMax open at once; further ones wait
     */
    public HttpListener(
            String portKey,
            String host,
            int port,
            @Nullable SSLContext tls,
            int connectionsMax,
            Handling handler) {
        this(portKey, host, port, tls, connectionsMax, HEAD_WITHIN, handler);
    }

    /** The same with another deadline for heads. */
    HttpListener(
            String portKey,
            String host,
            int port,
            @Nullable SSLContext tls,
            int connectionsMax,
            Duration headWithin,
            Handling handler) {
        this.handler = handler;
        refuseTaken(portKey, host, port);
        int selectors = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
        QueuedThreadPool threads = new QueuedThreadPool(selectors + 4, selectors + 1);
        threads.setName("http");
        threads.setDaemon(true);
        threads.setReservedThreads(0); // nothing that they run blocks
        server = new Server(threads);
        connector =
                new HttpConnector(
                        server,
                        selectors,
                        protocols(tls),
                        new Connections(connectionsMax, headWithin, NanoTime::now));
        connector.setHost(host);
        connector.setPort(port);
        connector.setAcceptQueueSize(WAITING_TO_BE_ACCEPTED);
        connector.setIdleTimeout(BETWEEN_REQUESTS.toMillis());
        connector.setShutdownIdleTimeout(SAYS_NOTHING.toMillis());
        server.addConnector(connector);
        server.setHandler(new GracefulHandler(new Entry()));
        server.setErrorHandler(HttpListener::notUnderstood);
        server.setStopTimeout(STOP_WITHIN.toMillis());
        try {
            server.start();
        } catch (Exception e) {
            throw cannotListen(portKey, host, port, e);
        }
    }

    private static ConnectionFactory[] protocols(@Nullable SSLContext tls) {
        HttpConfiguration config = new HttpConfiguration();
        config.setSendServerVersion(false);
        config.setSendDateHeader(true);
        config.setRequestHeaderSize(HEAD_BYTES_MAX);
        config.setInputBufferSize(INPUT_BYTES);
        config.setIdleTimeout(WITHIN_REQUEST.toMillis());
        config.setHeaderCacheCaseSensitive(
                true); // else a value may come as another one was written
        config.setUriCompliance(UriCompliance.UNSAFE); // handlers look at paths as they came
        // Host says nothing where the target names another one (RFC 9112, section 3.2.2).
        config.setHttpCompliance(
                config.getHttpCompliance().with("absolute-form", Violation.MISMATCHED_AUTHORITY));
        HttpConnectionFactory http = new HttpConnectionFactory(config);
        if (tls == null) {
            return new ConnectionFactory[] {http};
        }
        SslContextFactory.Server context = new SslContextFactory.Server();
        context.setSslContext(tls);
        context.setIncludeProtocols(TLS_VERSIONS);
        return new ConnectionFactory[] {
            new SslConnectionFactory(context, http.getProtocol()), http
        };
    }

    /** The port, also where any free one was asked for. */
    public int port() {
        return connector.getLocalPort();
    }

    /** Where requests come in, on a thread that reads sockets. */
    private final class Entry extends Handler.Abstract.NonBlocking {
        @Override
        public boolean handle(Request from, Response to, Callback end) {
            // Who waits for something else than the peer is not cut off.
            from.addIdleTimeoutListener(_ -> false);
            HttpRequest request = new HttpRequest(from);
            HttpAnswer answer = new HttpAnswer(request, to, end, HttpListener.this);
            Problem framing = RequestFailure.ofFraming(from);
            if (framing != null) { // where the body ends is not known for certain
                answer.sendAndClose(framing);
                return true;
            }
            Answering answering = () -> handler.handle(request, answer);
            if (handler.isQuick(request)) {
                guarded(answer, answering);
            } else {
                var _ =
                        Thread.ofVirtual()
                                .name("http-request")
                                .start(() -> guarded(answer, answering));
            }
            return true;
        }
    }

    /** Answers on a thread that reads sockets. */
    void later(HttpAnswer answer, Answering answering) {
        connector.getExecutor().execute(() -> guarded(answer, answering));
    }

    /** Runs something that answers, and answers where it throws. */
    private void guarded(HttpAnswer answer, Answering answering) {
        try {
            answering.run();
        } catch (IOException | RuntimeException | Error e) { // an error too: somebody waits
            Problem problem = RequestFailure.of(e);
            if (problem == null) {
                answer.abandon(e); // the peer is not there any more
                return;
            }
            if (problem.status() == 500) {
                LOG.atError()
                        .addKeyValue("request", answer.id())
                        .setCause(e)
                        .log("A request failed by a bug");
            }
            refuse(answer, problem, e);
        }
    }

    private static void refuse(HttpAnswer answer, Problem problem, Throwable why) {
        if (answer.isSent()) {
            answer.abandon(why);
        } else {
            answer.sendAndClose(problem);
        }
    }

    /** Answers what never reaches the handler. */
    private static boolean notUnderstood(Request request, Response response, Callback end) {
        Object thrown = request.getAttribute(ErrorHandler.ERROR_EXCEPTION);
        String reason = thrown instanceof HttpException bad ? bad.getReason() : null;
        Problem problem = RequestFailure.of(response.getStatus(), reason);
        response.setStatus(problem.status());
        response.getHeaders()
                .put(RequestId.HEADER, RequestId.of(request.getHeaders().get(RequestId.HEADER)));
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, Problem.CONTENT_TYPE);
        if (problem.status() == 503) {
            response.getHeaders().put(HttpHeader.RETRY_AFTER, "1");
        }
        if (problem.status() == 426) { // RFC 9110, section 15.5.22
            response.getHeaders().put(HttpHeader.UPGRADE, HttpVersion.HTTP_1_1.asString());
            response.getHeaders().put(HttpHeader.CONNECTION, HttpHeaderValue.UPGRADE.asString());
        }
        byte[] json = problem.json().getBytes(StandardCharsets.UTF_8);
        response.write(true, ByteBuffer.wrap(json), end);
        return true;
    }

    /** Finds out with a socket of our own: its error says plainly that the port is taken. */
    private static void refuseTaken(String portKey, String host, int port) {
        try (ServerSocket probe = new ServerSocket()) {
            probe.bind(new InetSocketAddress(host, port));
        } catch (BindException e) {
            throw new SettingsException(
                    portKey,
                    "port "
                            + port
                            + " of "
                            + host
                            + " is taken ("
                            + e.getMessage()
                            + "); set --"
                            + portKey
                            + " to another");
        } catch (IOException e) {
            throw cannotListen(portKey, host, port, e);
        }
    }

    private static SettingsException cannotListen(
            String portKey, String host, int port, Exception why) {
        return new SettingsException(
                portKey, "cannot listen on " + host + ":" + port + ": " + why.getMessage());
    }

    /** Takes nothing new, gives what is under way a moment, and closes the port. */
    @Override
    public void close() {
        try {
            server.stop();
        } catch (Exception e) {
            LOG.atWarn().addKeyValue("reason", e.toString()).log("The port did not close in order");
        }
    }
}
