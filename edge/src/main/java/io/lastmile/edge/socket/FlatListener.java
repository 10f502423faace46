package io.lastmile.edge.socket;

import io.lastmile.node.Metric;
import io.lastmile.node.Metrics;
import io.lastmile.node.Task;
import io.netty.channel.IoEvent;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.NativeInetAddress;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A listener whose connections are {@link FlatConnection}s, dealt out to the loops in turn. */
final class FlatListener implements EpollIoHandle, Listener {
    private static final Logger LOG = LoggerFactory.getLogger(FlatListener.class);

    /** Accepted at a time, so that who is connected is served in between. */
    private static final int ACCEPTS_AT_ONCE = 64;

    private static final int PAUSE_MS_MIN = 50;
    private static final int PAUSE_MS_MAX = 1_600;
    private static final int IPPROTO_TCP = 6;
    private static final int TCP_NOTSENT_LOWAT = 25;

    /**
     * More than this is not left to the kernel ahead of what the network takes: what waits here can
     * be overtaken by an answer, and is known not to have been sent.
     */
    static final int NOT_SENT_BYTES = 16 << 10;

    private final Socket socket;
    private final List<FlatLoop> loops;
    private final Arrivals arrivals;
    private final AtomicLong open;
    private final Task resuming;
    private final Metrics.Counter pauses;
    private final byte[] address = new byte[26]; // the greatest that accept writes
    private final IoRegistration registration;
    private int nextLoop;
    private int pauseMs;

    /**
     * Listens; the first loop accepts.
     *
     * @param open counts connections
     * @throws UncheckedIOException where the address cannot be listened at
     */
    FlatListener(
            InetSocketAddress at,
            SocketSettings settings,
            List<FlatLoop> loops,
            Arrivals arrivals,
            AtomicLong open,
            Metrics metrics) {
        this.loops = loops;
        this.arrivals = arrivals;
        this.open = open;
        this.resuming = metrics.tasks().task("edge-accept");
        this.pauses = metrics.counter(Metric.EDGE_ACCEPT, "no descriptor");
        socket = Socket.newSocketStream();
        try {
            socket.setReuseAddress(true);
            // What follows is passed on to each connection by the kernel.
            socket.setTcpNoDelay(true);
            socket.setKeepAlive(true);
            socket.setIntOpt(IPPROTO_TCP, TCP_NOTSENT_LOWAT, NOT_SENT_BYTES);
            socket.bind(at);
            socket.listen(settings.backlog());
        } catch (IOException e) {
            closeSocket();
            throw new UncheckedIOException(e);
        }
        registration = loops.getFirst().loop().register(this).syncUninterruptibly().getNow();
        registration.submit(EpollIoOps.EPOLLIN);
    }

    @Override
    public int port() {
        return socket.localAddress().getPort();
    }

    @Override
    public FileDescriptor fd() {
        return socket;
    }

    @Override
    public void handle(IoRegistration registered, IoEvent event) {
        for (int i = 0; i < ACCEPTS_AT_ONCE && socket.isOpen(); i++) {
            int waitMs = arrivals.pauseMs();
            if (waitMs > 0) {
                pauseFor(waitMs);
                return;
            }
            int descriptor;
            try {
                descriptor = loops.getFirst().calls().accept(socket, address);
            } catch (IOException e) {
                pause(e);
                return;
            } catch (RuntimeException | Error e) { // an Error would end the loop
                resuming.failed(e);
                pause(new IOException(e));
                return;
            }
            if (descriptor < 0) {
                return;
            }
            pauseMs = 0;
            open.incrementAndGet();
            FlatLoop loop = loops.get(nextLoop);
            nextLoop = (nextLoop + 1) % loops.size();
            Arrival arrival = null;
            try {
                InetAddress from = NativeInetAddress.address(address, 1, address[0]).getAddress();
                arrival = arrivals.begin(from);
                deal(descriptor, loop, arrival);
            } catch (Throwable e) {
                resuming.failed(e);
                loop.refused(descriptor, arrival);
            }
        }
    }

    private void deal(int descriptor, FlatLoop loop, @Nullable Arrival arrival) {
        if (arrival == null) {
            loop.refused(descriptor, null);
            return;
        }
        try {
            loop.loop().execute(() -> FlatConnection.open(descriptor, loop, arrival));
        } catch (RejectedExecutionException e) {
            loop.refused(descriptor, arrival); // accepted too late: the loop has stopped
        }
    }

    /**
     * Mostly no descriptor is left. The connection stays in the kernel's queue, and epoll would
     * tell of it without end: so nobody listens for a moment, longer each time.
     */
    private void pause(IOException cause) {
        if (pauseMs == 0) {
            LOG.atWarn()
                    .addKeyValue("reason", cause.getMessage())
                    .log("Devices cannot be accepted; tried again and again");
        }
        pauses.increment();
        pauseMs = Math.clamp(2L * pauseMs, PAUSE_MS_MIN, PAUSE_MS_MAX);
        pauseFor(pauseMs);
    }

    private void pauseFor(int waitMs) {
        registration.submit(
                EpollIoOps.EPOLLERR); // with no interest at all it would be left out for good
        resuming.untilDone(loops.getFirst().loop(), Duration.ofMillis(waitMs), this::acceptAgain);
    }

    private void acceptAgain() {
        if (registration.isValid()) {
            registration.submit(EpollIoOps.EPOLLIN);
        }
    }

    /** Stops accepting, at once. Any thread but a loop. */
    @Override
    public void stop() {
        var _ = loops.getFirst().loop().submit(this::close).awaitUninterruptibly();
    }

    /** On its loop. */
    @Override
    public void close() {
        registration.cancel();
        closeSocket();
    }

    private void closeSocket() {
        try {
            socket.close();
        } catch (IOException e) {
            LOG.atDebug().setCause(e).log("a listener could not be closed");
        }
    }
}
