package io.lastmile.node;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.buffers.DataReader;
import io.helidon.common.buffers.DataWriter;
import io.helidon.common.socket.HelidonSocket;
import io.helidon.common.socket.PeerInfo;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.ListenerContext;
import io.helidon.webserver.ProxyProtocolData;
import io.helidon.webserver.Router;
import io.helidon.webserver.http1.Http1Config;
import io.helidon.webserver.http1.Http1ConnectionSelector;
import io.helidon.webserver.spi.ServerConnection;
import io.helidon.webserver.spi.ServerConnectionSelector;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Takes requests of HTTP/1.0, which the server itself refuses, as HTTP/1.1 with {@code Connection:
 * close}: so ask the health checks of many load balancers, and nginx unless it is told otherwise.
 * What is no HTTP/1.0 goes to the server as it comes.
 */
final class Http10 implements ServerConnectionSelector {
    private static final int LINE_BYTES_MAX = 4_096;
    private static final int HEADERS_MAX = 100;
    private static final String VERSION = " HTTP/1.0";

    private final Http1ConnectionSelector now =
            Http1ConnectionSelector.builder().config(Http1Config.create()).build();

    @Override
    public int bytesToIdentifyConnection() {
        return 0;
    }

    @Override
    public Support supports(BufferData data) {
        return Support.SUPPORTED;
    }

    @Override
    public Set<String> supportedApplicationProtocols() {
        return Set.of(); // who agrees on a protocol in TLS agrees on HTTP/1.1
    }

    @Override
    public ServerConnection connection(ConnectionContext connection) {
        DataReader in = connection.dataReader();
        String line = peekLine(in);
        if (line == null || !line.endsWith(VERSION)) {
            return now.connection(connection); // which also says what is wrong with it
        }
        return now.connection(new Reading(connection, startingWith(headOfNow(in), in)));
    }

    /** Reads lines up to the empty one, and says the same in HTTP/1.1. */
    private static String headOfNow(DataReader in) {
        String first = readLine(in);
        StringBuilder head =
                new StringBuilder(first.substring(0, first.length() - VERSION.length()))
                        .append(" HTTP/1.1\r\nConnection: close\r\n");
        boolean namesHost = false;
        for (int i = 0; i < HEADERS_MAX; i++) {
            String line = peekLine(in);
            if (line == null || line.isEmpty()) {
                break;
            }
            head.append(readLine(in)).append("\r\n");
            namesHost |= line.regionMatches(true, 0, "host:", 0, 5);
        }
        return namesHost ? head.toString() : head.append("Host: localhost\r\n").toString();
    }

    /**
     * The next line, which stays to be read; null where there is no whole one or it is too long.
     */
    private static @Nullable String peekLine(DataReader in) {
        try {
            int length = in.findNewLine(LINE_BYTES_MAX);
            return length == LINE_BYTES_MAX
                    ? null
                    : in.getBuffer(length).readString(length, US_ASCII);
        } catch (DataReader.IncorrectNewLineException
                | DataReader.InsufficientDataAvailableException e) {
            return null;
        }
    }

    private static String readLine(DataReader in) {
        String line = in.readAsciiString(in.findNewLine(LINE_BYTES_MAX));
        in.skip(2);
        return line;
    }

    private static DataReader startingWith(String start, DataReader rest) {
        return DataReader.create(
                new Supplier<>() {
                    private boolean started;

                    @Override
                    public byte[] get() {
                        if (!started) {
                            started = true;
                            return start.getBytes(US_ASCII);
                        }
                        rest.ensureAvailable();
                        return rest.readBytes(rest.available());
                    }
                });
    }

    /** The same connection with something else to read. */
    private record Reading(ConnectionContext of, DataReader dataReader)
            implements ConnectionContext {
        @Override
        public ListenerContext listenerContext() {
            return of.listenerContext();
        }

        @Override
        public ExecutorService executor() {
            return of.executor();
        }

        @Override
        public DataWriter dataWriter() {
            return of.dataWriter();
        }

        @Override
        public Router router() {
            return of.router();
        }

        @Override
        public Optional<ProxyProtocolData> proxyProtocolData() {
            return of.proxyProtocolData();
        }

        @Override
        public HelidonSocket serverSocket() {
            return of.serverSocket();
        }

        @Override
        public PeerInfo remotePeer() {
            return of.remotePeer();
        }

        @Override
        public PeerInfo localPeer() {
            return of.localPeer();
        }

        @Override
        public boolean isSecure() {
            return of.isSecure();
        }

        @Override
        public String socketId() {
            return of.socketId();
        }

        @Override
        public String childSocketId() {
            return of.childSocketId();
        }
    }
}
