package io.lastmile.edge.socket;

import io.lastmile.node.Metric;
import io.lastmile.node.Metrics;
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
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
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
    private static final int TCP_USER_TIMEOUT = 18;

    private final Socket socket;
    private final List<FlatLoop> loops;
    private final Protocol protocol;
    private final Arrivals arrivals;
    private final AtomicLong accepted;
    private final Metrics.Counter pauses;
    private final byte[] address = new byte[26]; // the greatest that accept writes
    private final IoRegistration registration;
    private int nextLoop;
    private int pauseMs;

    /**
     * Listens; the first loop accepts.
     *
     * @param accepted counts connections
     * @throws UncheckedIOException where the address cannot be listened at
     */
    FlatListener(
            InetSocketAddress at,
            SocketSettings settings,
            List<FlatLoop> loops,
            Protocol protocol,
            Arrivals arrivals,
            AtomicLong accepted,
            Metrics metrics) {
        this.loops = loops;
        this.protocol = protocol;
        this.arrivals = arrivals;
        this.accepted = accepted;
        this.pauses = metrics.counter(Metric.EDGE_ACCEPT, "no descriptor");
        socket = Socket.newSocketStream();
        try {
            socket.setReuseAddress(true);
            // What follows is passed on to each connection by the kernel.
            socket.setTcpNoDelay(true);
            socket.setKeepAlive(true);
            socket.setIntOpt(
                    IPPROTO_TCP,
                    TCP_USER_TIMEOUT,
                    Math.toIntExact(settings.userTimeout().toMillis()));
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
                descriptor = socket.accept(address);
            } catch (IOException e) {
                pause(e);
                return;
            }
            if (descriptor < 0) {
                return;
            }
            pauseMs = 0;
            InetAddress origin = NativeInetAddress.address(address, 1, address[0]).getAddress();
            deal(descriptor, arrivals.begin(origin));
        }
    }

    private void deal(int descriptor, @Nullable Arrival arrival) {
        accepted.incrementAndGet();
        FlatLoop loop = loops.get(nextLoop);
        nextLoop = (nextLoop + 1) % loops.size();
        if (arrival == null) {
            loop.refused(descriptor, null);
            return;
        }
        try {
            loop.loop().execute(() -> FlatConnection.open(descriptor, loop, protocol, arrival));
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
        var _ =
                loops.getFirst()
                        .loop()
                        .schedule(
                                () -> {
                                    if (registration.isValid()) {
                                        registration.submit(EpollIoOps.EPOLLIN);
                                    }
                                },
                                waitMs,
                                TimeUnit.MILLISECONDS);
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
