package io.lastmile.bench.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A wire between a client and a server that can be cut, made silent or slow. Silent means that
 * nothing passes, not even the end of a connection, and that nobody is told; healed, everything
 * goes on where it stopped, as after a network that lost packets for a while.
 */
public final class TcpProxy implements AutoCloseable {
    private static final int BUFFER_BYTES = 8 << 10;
    private static final long NS_PER_SECOND = 1_000_000_000;

    private enum State {
        WHOLE,
        CUT,
        SILENT,
        SLOW,
        CLOSED
    }

    private final ServerSocket server;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private State state = State.WHOLE; // guarded by the lock
    private int bytesPerSecond; // guarded by the lock
    private volatile @Nullable InetSocketAddress target;

    /** Listens on a port of its own; it leads nowhere yet. */
    public TcpProxy() {
        try {
            server = new ServerSocket();
            server.setReceiveBufferSize(BUFFER_BYTES);
            server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), FreePorts.next()));
        } catch (IOException e) {
            throw new UncheckedIOException("no proxy", e);
        }
        var _ = Thread.ofVirtual().name("proxy").start(this::accept);
    }

    /** From now on each new connection leads there. */
    public TcpProxy leadTo(InetSocketAddress server) {
        target = server;
        return this;
    }

    /** Where clients connect, host:port. */
    public String address() {
        return "127.0.0.1:" + server.getLocalPort();
    }

    /** Resets every connection, and from now on every new one. */
    public void cut() {
        become(State.CUT, 0);
        sockets.forEach(this::reset);
    }

    /** Lets nothing pass, and tells nobody. */
    public void silence() {
        become(State.SILENT, 0);
    }

    /** Lets so much pass in each direction of each connection. */
    public void slow(int toBytesPerSecond) {
        become(State.SLOW, toBytesPerSecond);
    }

    /** Lets everything pass. */
    public void heal() {
        become(State.WHOLE, 0);
    }

    private void become(State next, int rate) {
        lock.lock();
        try {
            state = next;
            bytesPerSecond = rate;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void accept() {
        while (true) {
            try {
                Socket client = server.accept();
                var _ = Thread.ofVirtual().name("proxy").start(() -> connect(client));
            } catch (IOException e) {
                return; // closed
            }
        }
    }

    private void connect(Socket client) {
        sockets.add(client);
        try {
            awaitPassage(0);
            InetSocketAddress target = this.target;
            if (target == null) {
                throw new IOException("it leads nowhere");
            }
            Socket upstream = new Socket();
            sockets.add(upstream);
            upstream.setOption(StandardSocketOptions.SO_RCVBUF, BUFFER_BYTES);
            upstream.connect(target);
            upstream.setTcpNoDelay(true);
            client.setTcpNoDelay(true);
            var _ = Thread.ofVirtual().name("proxy").start(() -> pump(client, upstream));
            pump(upstream, client);
        } catch (IOException e) {
            reset(client);
        }
    }

    private void pump(Socket from, Socket to) {
        byte[] buffer = new byte[BUFFER_BYTES];
        try {
            for (int n; (n = from.getInputStream().read(buffer)) >= 0; ) {
                awaitPassage(n);
                to.getOutputStream().write(buffer, 0, n);
            }
            awaitPassage(0);
            close(from); // what speaks through here closes both directions at once
            close(to);
        } catch (IOException e) {
            reset(from);
            reset(to);
        }
    }

    /** Waits for as long as so many bytes take now. */
    private void awaitPassage(int bytes) throws IOException {
        lock.lock();
        try {
            while (state == State.SILENT) {
                changed.await();
            }
            if (state == State.CUT || state == State.CLOSED) {
                throw new IOException("cut");
            }
            long leftNs = bytesPerSecond == 0 ? 0 : bytes * NS_PER_SECOND / bytesPerSecond;
            while (state == State.SLOW && leftNs > 0) {
                leftNs = changed.awaitNanos(leftNs);
            }
        } catch (InterruptedException e) {
            throw new IOException("interrupted", e);
        } finally {
            lock.unlock();
        }
    }

    private void reset(Socket socket) {
        try {
            socket.setSoLinger(true, 0); // RST instead of FIN
            close(socket);
        } catch (IOException e) {
            sockets.remove(socket); // it is closed
        }
    }

    private void close(Socket socket) throws IOException {
        sockets.remove(socket);
        socket.close();
    }

    @Override
    public void close() {
        become(State.CLOSED, 0);
        sockets.forEach(this::reset);
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
