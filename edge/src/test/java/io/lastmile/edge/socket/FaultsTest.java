package io.lastmile.edge.socket;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.lastmile.node.Clock;
import io.lastmile.node.Metrics;
import io.lastmile.wire.Transport;
import io.netty.buffer.ByteBuf;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.unix.Errors;
import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.channels.NotYetConnectedException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every system call of flat connections fails with every errno that it may, and with what no kernel
 * says, in turn: the loop, the other connections and the sweep live on.
 */
class FaultsTest {
    /** EPERM EINTR EIO EBADF ENOMEM EFAULT EINVAL ENFILE EMFILE EPIPE EPROTO and of sockets. */
    private static final List<Integer> ERRNOS =
            List.of(
                    1, 4, 5, 9, 12, 14, 22, 23, 24, 32, 71, 88, 99, 100, 101, 103, 104, 105, 107,
                    108, 110, 111, 112, 113);

    private static final SocketSettings SETTINGS =
            new SocketSettings(
                    1,
                    128,
                    Duration.ofSeconds(2),
                    65_536,
                    false,
                    new ArrivalLimits(100_000, 10_000, 10_000),
                    null);

    private final Metrics metrics = new Metrics();
    private final Faults faults = new Faults();
    private final List<Echo> peers = new CopyOnWriteArrayList<>();
    private volatile @Nullable RuntimeException nextSweep;
    private @Nullable Sockets opened;
    private int port;

    /** A call of the socket layer. */
    enum Call {
        READ,
        WRITE,
        SHUTDOWN,
        CLOSE,
        ACCEPT,
        CONTROL,
        AWAIT
    }

    private record Fault(Call call, Throwable thrown) {}

    /** The kernel, which says no to the next call of a kind. */
    private static final class Faults extends SystemCalls {
        private final AtomicReference<@Nullable Fault> next = new AtomicReference<>();

        private void at(Call call) throws IOException {
            Fault fault = next.get();
            if (fault != null && fault.call == call && next.compareAndSet(fault, null)) {
                switch (fault.thrown) {
                    case IOException e -> throw e;
                    case RuntimeException e -> throw e;
                    default -> throw (Error) fault.thrown;
                }
            }
        }

        @Override
        int read(FileDescriptor from, long address, int length) throws IOException {
            at(Call.READ);
            return super.read(from, address, length);
        }

        @Override
        int write(FileDescriptor to, long address, int length) throws IOException {
            at(Call.WRITE);
            return super.write(to, address, length);
        }

        @Override
        void shutdown(FileDescriptor socket) throws IOException {
            at(Call.SHUTDOWN);
            super.shutdown(socket);
        }

        @Override
        int accept(io.netty.channel.unix.Socket listener, byte[] address) throws IOException {
            at(Call.ACCEPT);
            return super.accept(listener, address);
        }

        @Override
        void close(FileDescriptor descriptor) throws IOException {
            super.close(descriptor);
            at(Call.CLOSE);
        }

        @Override
        void control(
                int epoll, int operation, int descriptor, MemorySegment event, MemorySegment state)
                throws IOException {
            at(Call.CONTROL);
            super.control(epoll, operation, descriptor, event, state);
        }

        @Override
        int await(int epoll, MemorySegment events, int eventsMax, MemorySegment state)
                throws IOException {
            at(Call.AWAIT);
            return super.await(epoll, events, eventsMax, state);
        }
    }

    /** Gives every byte back; on 'E' it ends. */
    private static final class Echo implements Peer {
        private final Connection connection;
        private final AtomicInteger sweeps = new AtomicInteger();
        private volatile boolean closed;

        Echo(Connection connection) {
            this.connection = connection;
        }

        @Override
        public void received(ByteBuf bytes) {
            boolean isEnd = bytes.getByte(bytes.readerIndex()) == 'E';
            if (isEnd) {
                bytes.skipBytes(bytes.readableBytes());
                connection.end();
                return;
            }
            connection.write(bytes.readBytes(bytes.readableBytes()));
            connection.flush();
        }

        @Override
        public void flushed() {}

        @Override
        public void swept(long nanoTime) {
            sweeps.incrementAndGet();
        }

        @Override
        public void stalled() {
            connection.end();
        }

        @Override
        public void closed(boolean broken) {
            closed = true;
        }
    }

    @BeforeEach
    void open() {
        assumeTrue(Epoll.isAvailable(), "flat connections need epoll");
        LongSupplier nanoTime =
                () -> {
                    RuntimeException thrown = nextSweep;
                    nextSweep = null;
                    if (thrown != null) {
                        throw thrown;
                    }
                    return Clock.system().nanoTime();
                };
        Sockets sockets = new Sockets(SETTINGS, nanoTime, metrics, true, faults);
        port =
                sockets.listen(
                        "127.0.0.1",
                        0,
                        Transport.TCP,
                        Peer.each(connection -> {
                            Echo echo = new Echo(connection);
                            peers.add(echo);
                            return echo;
                        }));
        opened = sockets;
    }

    @AfterEach
    void close() {
        if (opened != null) {
            opened.close();
        }
    }

    private static Throwable failure(int errno) {
        try {
            Errors.ioResult("call", -errno);
            return new IOException("errno " + errno);
        } catch (NotYetConnectedException e) {
            return new IOException(e); // as SystemCalls makes of it
        } catch (IOException e) {
            return e;
        }
    }

    private static void echo(Socket socket, int value) throws IOException {
        socket.getOutputStream().write(value);
        int answer = socket.getInputStream().read();
        assertTrue(answer == value, () -> "answered " + answer);
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(10_000);
        return socket;
    }

    /** Has a connection make the call that is to fail; what becomes of it is its own matter. */
    private void provoke(Call call) throws IOException {
        try (Socket victim = new Socket(InetAddress.getLoopbackAddress(), port)) {
            victim.setSoTimeout(10_000);
            victim.getOutputStream().write(call == Call.SHUTDOWN || call == Call.CLOSE ? 'E' : 'x');
            var _ = victim.getInputStream().read();
        } catch (IOException e) {
            return; // reset, as it may be
        }
    }

    @ParameterizedTest
    @EnumSource(Call.class)
    void whateverACallSaysTheOthersLiveOn(Call call) throws Exception {
        try (Socket bystander = connect()) {
            echo(bystander, 1);
            Echo its = peers.getFirst();
            for (int errno : ERRNOS) {
                one(bystander, call, failure(errno));
            }
            one(bystander, call, new IllegalStateException("a bug"));
            one(bystander, call, new StackOverflowError("a worse one"));
            int before = its.sweeps.get();
            await().until(() -> its.sweeps.get() > before);
        }
        assertTrue(metrics.tasks().areAlive());
        assertTrue(metrics.tasks().areWell());
        await().until(() -> peers.stream().allMatch(peer -> peer.closed));
    }

    private void one(Socket bystander, Call call, Throwable thrown) throws IOException {
        faults.next.set(new Fault(call, thrown));
        provoke(call);
        await().alias(call + " " + thrown).until(() -> faults.next.get() == null);
        echo(bystander, 2);
        try (Socket later = connect()) {
            echo(later, 3);
        }
    }

    @Test
    void aSweepGoesOnToTheNextConnectionAndHasANextTime() throws Exception {
        try (Socket first = connect();
                Socket second = connect()) {
            echo(first, 1);
            echo(second, 1);
            nextSweep = new IllegalStateException("the clock, once");
            int before = peers.get(1).sweeps.get();
            await().until(() -> nextSweep == null && peers.get(1).sweeps.get() > before);
            echo(first, 2);
        }
        assertTrue(metrics.scrape().contains("task=\"edge-sweep\"} 1.0"), metrics.scrape());
    }

    /** ENOTCONN, which Netty does not say as an IOException. */
    @Test
    void aSocketThatItsPeerHasResetIsEndedAsAnyOther() throws Exception {
        Socket resetting = connect();
        echo(resetting, 1);
        Echo its = peers.getFirst();
        CopyOnWriteArrayList<Throwable> thrown = new CopyOnWriteArrayList<>();
        its.connection
                .loop()
                .execute(() -> {
                    try {
                        resetting.setSoLinger(true, 0);
                        resetting.close();
                        await().until(() -> its.connection.remote().equals("null"));
                        its.connection.end();
                    } catch (IOException | RuntimeException e) {
                        thrown.add(e);
                    }
                });
        await().until(() -> its.closed);
        assertArrayEquals(new Object[0], thrown.toArray());
        try (Socket later = connect()) {
            echo(later, 1);
            await().until(() -> peers.get(1).sweeps.get() > 1);
        }
    }
}
