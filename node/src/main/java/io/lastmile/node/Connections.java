package io.lastmile.node;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.eclipse.jetty.http.HttpParser;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.internal.HttpConnection;
import org.eclipse.jetty.util.IO;
import org.jspecify.annotations.Nullable;

/**
 * The connections of a port, at most so many at once; further ones wait, taken from the kernel and
 * not yet read.
 *
 * <p>None of the addresses that call shuts out the others. Where all room is taken, and somebody
 * waits whose address has fewer connections than another, one of that other is closed on which no
 * request is under way, as a server may do at any time (RFC 9112, section 9.6). What becomes free
 * is given to the one who waits whose address has the fewest. How many wait is bounded too, and
 * shared by the rule of {@link Shares}: beyond it they are closed.
 *
 * <p>The head of a request, and on a new connection all that comes before it, TLS's handshake
 * included, has a deadline: who sends it byte by byte is not waited for. Any thread.
 */
final class Connections implements Connection.Listener {
    static final int WAITING_MAX = 1_024;

    private final int openMax;
    private final Duration headWithin;
    private final LongSupplier nanoTime;
    private final Shares waitingRoom = new Shares(WAITING_MAX);
    private final Map<Connection, Heads> headsByConnection = new ConcurrentHashMap<>();

    // Guarded by this.
    private final Map<SelectableChannel, String> networkByOpen = new HashMap<>();
    private final Map<String, Integer> openByNetwork = new HashMap<>();
    private final SequencedMap<String, Deque<SocketChannel>> waitingByNetwork =
            new LinkedHashMap<>();
    private boolean isClosed;

    /** A connection, and since when the next head is awaited that has begun, or must have. */
    private static final class Heads {
        private final EndPoint endPoint;
        private final String network;
        private final long openedNs;
        private long begunNs; // the sweep's own
        private boolean hasBegun;
        private boolean isClosing; // guarded by the connections

        Heads(EndPoint endPoint, String network, long openedNs) {
            this.endPoint = endPoint;
            this.network = network;
            this.openedNs = openedNs;
        }
    }

    /**
     * None yet.
     *
     * @param headWithin from its first byte to its last, or from the connection's begin
     */
    Connections(int openMax, Duration headWithin, LongSupplier nanoTime) {
        this.openMax = openMax;
        this.headWithin = headWithin;
        this.nanoTime = nanoTime;
    }

    /** Whether one that came is to be opened now; it waits, or is closed, where not. */
    boolean opens(SocketChannel channel) {
        String network = network(channel);
        synchronized (this) {
            if (isClosed) {
                IO.close(channel);
                return false;
            }
            if (networkByOpen.size() < openMax) {
                open(channel, network);
                return true;
            }
            if (!waitingRoom.take(network, 1)) {
                IO.close(channel);
                return false;
            }
            waitingByNetwork.computeIfAbsent(network, _ -> new ArrayDeque<>()).add(channel);
        }
        closeQuietFor(network);
        return false;
    }

    /**
     * Makes room for one of an address that waits; what is closed is ended, and the next opened.
     */
    private void closeQuietFor(String network) {
        Heads quiet;
        synchronized (this) {
            quiet = quietOfGreedier(network);
            if (quiet != null) {
                quiet.isClosing = true;
            }
        }
        if (quiet != null) {
            quiet.endPoint.close();
        }
    }

    /** One is over; gives the one to be opened instead, null where none waits. */
    synchronized @Nullable SocketChannel ended(SelectableChannel channel) {
        String network = networkByOpen.remove(channel);
        if (network == null) {
            return null;
        }
        openByNetwork.computeIfPresent(network, (_, count) -> count == 1 ? null : count - 1);
        String next = null;
        for (String waiting : waitingByNetwork.keySet()) {
            if (next == null || openOf(waiting) < openOf(next)) {
                next = waiting;
            }
        }
        Deque<SocketChannel> queue = next == null ? null : waitingByNetwork.remove(next);
        if (next == null || queue == null || isClosed) {
            return null;
        }
        SocketChannel first = queue.removeFirst();
        waitingRoom.give(next, 1);
        if (!queue.isEmpty()) {
            waitingByNetwork.put(next, queue);
        }
        open(first, next);
        return first;
    }

    private void open(SocketChannel channel, String network) {
        networkByOpen.put(channel, network);
        openByNetwork.merge(network, 1, Integer::sum);
    }

    private int openOf(String network) {
        return openByNetwork.getOrDefault(network, 0);
    }

    /** A connection on which nothing is under way, of the address that has most of them. */
    private @Nullable Heads quietOfGreedier(String network) {
        Heads found = null;
        int most = openOf(network) + 1; // to close one of as many as that would change nothing
        for (Map.Entry<Connection, Heads> open : headsByConnection.entrySet()) {
            Heads heads = open.getValue();
            int count = openOf(heads.network);
            if (count > most && !heads.isClosing && awaitsHead(open.getKey())) {
                found = heads;
                most = count;
            }
        }
        return found;
    }

    @Override
    public void onOpened(Connection connection) {
        if (connection instanceof HttpConnection http) {
            EndPoint endPoint = http.getEndPoint();
            headsByConnection.put(
                    http,
                    new Heads(
                            endPoint,
                            endPoint.getRemoteSocketAddress() instanceof InetSocketAddress at
                                    ? Hosts.network(at.getAddress())
                                    : "",
                            nanoTime.getAsLong()));
        }
    }

    @Override
    public void onClosed(Connection connection) {
        headsByConnection.remove(connection);
    }

    /** Closes those whose head is late, and some where others wait. One thread. */
    void sweep() {
        closeLate();
        List<String> waiting;
        synchronized (this) {
            waiting = List.copyOf(waitingByNetwork.keySet());
        }
        waiting.forEach(this::closeQuietFor); // it was busy when they came
    }

    private void closeLate() {
        long nowNs = nanoTime.getAsLong();
        headsByConnection.forEach((connection, heads) -> {
            boolean isFirst = connection.getMessagesIn() == 0;
            boolean isHead = awaitsHead(connection) && (isFirst || !isStart(connection));
            if (isHead && !heads.hasBegun) {
                heads.begunNs = isFirst ? heads.openedNs : nowNs;
            }
            heads.hasBegun = isHead;
            if (isHead && nowNs - heads.begunNs > headWithin.toNanos()) {
                heads.endPoint.close();
            }
        });
    }

    private static boolean isStart(Connection connection) {
        return ((HttpConnection) connection).getParser().getState() == HttpParser.State.START;
    }

    /** Whether no request is under way, and none but for its head. */
    private static boolean awaitsHead(Connection connection) {
        HttpParser.State state = ((HttpConnection) connection).getParser().getState();
        return state.compareTo(HttpParser.State.HEADER) <= 0;
    }

    private static String network(SocketChannel channel) {
        try {
            return channel.getRemoteAddress() instanceof InetSocketAddress at
                    ? Hosts.network(at.getAddress())
                    : "";
        } catch (IOException e) { // gone already
            return "";
        }
    }

    /** Opens none any more, and closes those that wait. */
    synchronized void close() {
        isClosed = true;
        waitingByNetwork.values().forEach(queue -> queue.forEach(IO::close));
        waitingByNetwork.clear();
    }
}
