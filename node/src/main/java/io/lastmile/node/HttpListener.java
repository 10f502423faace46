package io.lastmile.node;

import io.helidon.http.DirectHandler;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.HttpException;
import io.helidon.http.Status;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.WebServerConfig;
import io.helidon.webserver.http.DirectHandlers;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLContext;
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
    private static final List<String> TLS_VERSIONS = List.of("TLSv1.3", "TLSv1.2");

    private final WebServer server;

    /** Answers requests; each on a thread of its own that may block. */
    @FunctionalInterface
    public interface Handler {
        /** Answers one. */
        void handle(ServerRequest request, ServerResponse response) throws Exception;
    }

    /**
     * Opens the port.
     *
     * @param portKey the setting to name where the port is taken
     * @param port 0 for any free one
     */
    public HttpListener(String portKey, String host, int port, Handler handler) {
        this(portKey, host, port, null, CONNECTIONS_MAX_DEFAULT, handler);
    }

    /**
     * Opens the port, for HTTPS where there is a context for it.
     *
     * @param tls null for plain HTTP
     * @param connectionsMax open at once; further ones wait in the kernel's queue
     */
    public HttpListener(
            String portKey,
            String host,
            int port,
            @Nullable SSLContext tls,
            int connectionsMax,
            Handler handler) {
        refuseTaken(portKey, host, port);
        WebServerConfig.Builder config =
                WebServer.builder()
                        .host(host)
                        .port(port)
                        .maxTcpConnections(connectionsMax)
                        .idleConnectionTimeout(Duration.ofMinutes(2))
                        .shutdownHook(false) // the process has a lifecycle of its own
                        .shutdownGracePeriod(Duration.ofSeconds(2))
                        .featuresDiscoverServices(false)
                        .connectionOptions(options ->
                                options.readTimeout(Duration.ofSeconds(30)).tcpNoDelay(true))
                        .contentEncoding(encoding ->
                                encoding.contentEncodingsDiscoverServices(false)
                                        .addContentEncoding(new GzipRequests()))
                        .directHandlers(directHandlers())
                        .addConnectionSelector(new Http10())
                        .routing(routing ->
                                routing.any(
                                        (request, response) -> answer(handler, request, response)));
        if (tls != null) {
            config.tls(secured -> secured.sslContext(tls).enabledProtocols(TLS_VERSIONS));
        }
        server = config.build().start();
    }

    /** The port, also where any free one was asked for. */
    public int port() {
        return server.port();
    }

    /** Sends a problem. */
    public static void send(ServerResponse response, Problem problem) {
        response.status(Status.create(problem.status(), problem.title()))
                .header(HeaderNames.CONTENT_TYPE, Problem.CONTENT_TYPE)
                .send(problem.json().getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Sends a problem and closes the connection, so that what the peer still sends of its request
     * is neither read nor taken for the next one.
     *
     * @throws CloseConnectionException always: it is how the server is told
     */
    public static void sendAndClose(ServerResponse response, Problem problem) {
        response.header(HeaderValues.CONNECTION_CLOSE);
        send(response, problem);
        throw new CloseConnectionException(problem.detail());
    }

    /** Sends JSON. */
    public static void sendJson(ServerResponse response, int status, String json) {
        response.status(Status.create(status))
                .header(
                        HeaderNames.CONTENT_TYPE,
                        status >= 400 ? Problem.CONTENT_TYPE : "application/json")
                .send(json.getBytes(StandardCharsets.UTF_8));
    }

    private static void answer(Handler handler, ServerRequest request, ServerResponse response)
            throws Exception {
        try {
            handler.handle(request, response);
            closeIfAsked(request, response);
        } catch (HttpException | CloseConnectionException | UncheckedIOException e) {
            throw e; // the peer broke HTTP, or is not there any more
        } catch (RuntimeException e) {
            LOG.atError()
                    .addKeyValue("method", request.prologue().method().text())
                    .setCause(e)
                    .log("A request failed in a way nobody thought of");
            if (!response.isSent()) {
                send(
                        response,
                        Problem.of(
                                500, "internal", "Internal error", "the service's log says more"));
            }
        }
    }

    /** The server says that it will close, and then waits until the peer does. */
    private static void closeIfAsked(ServerRequest request, ServerResponse response) {
        if (!response.isSent() || !request.headers().containsToken(HeaderValues.CONNECTION_CLOSE)) {
            return;
        }
        if (!request.content().consumed()) {
            request.content()
                    .consume(); // else the kernel takes the answer back with the connection
        }
        throw new CloseConnectionException("the peer asked for it");
    }

    /** Answers what never reaches the handler. */
    private static DirectHandlers directHandlers() {
        DirectHandlers.Builder handlers = DirectHandlers.builder();
        for (DirectHandler.EventType type : DirectHandler.EventType.values()) {
            handlers.addHandler(
                    type,
                    (request, _, status, headers, _) -> {
                        Problem problem = notUnderstood(request, status);
                        headers.set(HeaderNames.CONTENT_TYPE, Problem.CONTENT_TYPE);
                        return DirectHandler.TransportResponse.builder()
                                .status(Status.create(problem.status(), problem.title()))
                                .headers(headers)
                                .keepAlive(false)
                                .entity(problem.json())
                                .build();
                    });
        }
        return handlers.build();
    }

    private static Problem notUnderstood(DirectHandler.TransportRequest request, Status status) {
        if (request.headers().contains(HeaderNames.CONTENT_ENCODING)) {
            return new Problem(
                    415,
                    "content-encoding",
                    "Encoding not understood",
                    "Content-Encoding: only gzip is understood, and only where the body is that",
                    "Content-Encoding");
        }
        // The handler's own mistakes are answered where it is called. What the server calls
        // internal
        // is a request that its parser did not expect.
        int code = status.code() == 500 ? 400 : status.code();
        return Problem.of(
                code, "http", "Not understood", "this is not the HTTP request that was expected");
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
            throw new SettingsException(
                    portKey, "cannot listen on " + host + ":" + port + ": " + e.getMessage());
        }
    }

    /** Takes nothing new, gives what is under way a moment, and closes the port. */
    @Override
    public void close() {
        var _ = server.stop();
    }
}
