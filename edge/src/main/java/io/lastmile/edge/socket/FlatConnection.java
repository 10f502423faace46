package io.lastmile.edge.socket;

import io.lastmile.wire.Transport;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.net.InetAddress;
import java.security.cert.X509Certificate;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A plain TCP connection registered with epoll itself, without a Netty channel: one object is the
 * descriptor and the loop's record of it. What only some connections have at a time, half a packet
 * or unsent bytes, is beside it and only then.
 *
 * <pre>
 *   open --end()--> ended (FIN sent, reads into nothing) --their FIN, two sweeps--> gone
 *     |                                                                              ^
 *     +---- their FIN, reset, stalled writer, end() with bytes unsent ---------------+
 * </pre>
 *
 * <p>The number of a descriptor is used again as soon as it is closed. No generation has to be
 * compared, because the object itself is one: every task holds the object, and an object that is
 * gone touches its descriptor no more. Epoll names a place among the loop's connections, which is
 * given to a new one only by a task of its own, so behind all events that were collected before.
 */
final class FlatConnection extends FileDescriptor implements Connection, LoopConnection {
    private static final Logger LOG = LoggerFactory.getLogger(FlatConnection.class);
    private static final byte NOT_ENDED = -1;
    private static final byte GONE = -2;

    private final FlatLoop shared;
    private final Object peer;
    private @Nullable ByteBuf rest;
    private @Nullable Unsent unsent;
    private int place;
    private byte sweepsLeft = NOT_ENDED;
    private boolean broken;
    private boolean flushAwaited;

    private FlatConnection(int descriptor, FlatLoop shared) {
        super(descriptor);
        this.shared = shared;
        this.peer = protocol().opened(this);
    }

    private Protocol<Object> protocol() {
        return shared.connections().protocol();
    }

    /** Takes an accepted descriptor over. On the loop. */
    static void open(int descriptor, FlatLoop shared, Arrival arrival) {
        FlatConnection connection;
        try {
            connection = new FlatConnection(descriptor, shared);
        } catch (Throwable e) {
            shared.connections().failed(e);
            shared.refused(descriptor, arrival);
            return;
        }
        shared.connections().add(connection, arrival);
        try {
            shared.epoll().add(descriptor, connection.place, LoopEpoll.READ);
        } catch (IOException e) { // no memory, or the limit of what one user may watch
            LOG.atWarn().addKeyValue("reason", e.getMessage()).log("a device is not taken");
            connection.broken = true;
            connection.leave();
        } catch (RuntimeException | Error e) {
            shared.connections().failed(e);
            connection.leave();
        }
    }

    @Override
    public int place() {
        return place;
    }

    @Override
    public void place(int newPlace) {
        place = newPlace;
    }

    @Override
    public Transport transport() {
        return Transport.TCP;
    }

    /** Asked of the kernel each time: it is in log lines only. */
    @Override
    public String remote() {
        return isGone() ? "gone" : String.valueOf(socket().remoteAddress());
    }

    /** What it would cost to be one all the time: a question to the kernel, and a field. */
    private Socket socket() {
        return new Socket(intValue());
    }

    @Override
    public @Nullable InetAddress origin() {
        return shared.connections().origin(this);
    }

    @Override
    public void arrived() {
        shared.connections().arrived(this);
    }

    @Override
    public @Nullable X509Certificate certificate() {
        return null;
    }

    @Override
    public void again() {
        if (rest != null && !isEnded()) {
            received(Unpooled.EMPTY_BUFFER);
        }
    }

    @Override
    public Executor loop() {
        return shared.loop();
    }

    @Override
    public ByteBufAllocator buffers() {
        return FlatLoop.PACKETS;
    }

    private boolean isEnded() {
        return sweepsLeft != NOT_ENDED;
    }

    private boolean isGone() {
        return sweepsLeft == GONE;
    }

    /**
     * An event is a hint: what the socket says when it is asked decides. Where this throws it is a
     * bug, and its loop drops it.
     */
    @Override
    public void ready() {
        if (isGone()) {
            return;
        }
        try {
            if (flushAwaited && flushMore()) {
                protocol().flushed(peer);
            }
            if (!isGone() && !isPaused()) {
                read();
            }
        } catch (IOException e) { // a reset, or no answer for long: the network's doing
            broken = true;
            leave();
        }
    }

    private void read() throws IOException {
        ByteBuf bytes = shared.reading().clear();
        int length = shared.calls().read(this, bytes.memoryAddress(), bytes.capacity());
        if (length < 0) {
            leave();
        } else if (length > 0 && !isEnded()) {
            shared.connections().countReceived(length);
            received(bytes.writerIndex(length));
        }
    }

    private void received(ByteBuf bytes) {
        ByteBuf whole = rest == null ? bytes : rest.writeBytes(bytes);
        protocol().received(peer, this, whole);
        if (isEnded()) {
            return; // whoever ended it has dropped the rest
        }
        if (!whole.isReadable()) {
            dropRest();
        } else if (rest == null) {
            rest = FlatLoop.PACKETS.buffer(whole.readableBytes()).writeBytes(whole);
        } else {
            rest.discardSomeReadBytes();
        }
    }

    private void dropRest() {
        if (rest != null) {
            rest.release();
            rest = null;
        }
    }

    @Override
    public void write(ByteBuf bytes) {
        if (isEnded()) {
            bytes.release();
            return;
        }
        shared.connections().countSent(bytes.readableBytes());
        if (unsent == null) {
            unsent = new Unsent();
        }
        unsent.add(bytes, flushAwaited);
    }

    @Override
    public boolean flush() {
        try {
            if (flushAwaited) { // epoll will say when
                if (isPaused()) {
                    listen();
                }
                return false;
            }
            return flushMore();
        } catch (IOException e) {
            broken = true;
            leaveSoon();
            return false;
        }
    }

    /** Whether everything has gone. */
    private boolean flushMore() throws IOException {
        Unsent left = unsent;
        if (left == null || isGone()) {
            return true;
        }
        left.writeTo(this, shared.gathering(), shared.calls());
        boolean all = left.bytes() == 0;
        if (flushAwaited == all) {
            flushAwaited = !all;
            listen();
        }
        return all;
    }

    /** Says to epoll what it waits for. */
    private void listen() throws IOException {
        int reads = isPaused() ? 0 : LoopEpoll.READ;
        int writes = flushAwaited ? LoopEpoll.WRITE : 0;
        shared.epoll().modify(intValue(), place, reads | writes);
    }

    /** One that does not read what it asks for is not asked for more. */
    private boolean isPaused() {
        return unsent != null && unsent.askedBytes() >= shared.unsentBytesHigh();
    }

    @Override
    public long unacknowledgedBytes() {
        if (isGone()) {
            return 0;
        }
        int here = unsent == null ? 0 : unsent.bytes();
        return here + (long) shared.connections().sendQueueBytes(intValue());
    }

    /**
     * Sends FIN and goes on reading into nothing for a moment: to close with unread bytes would
     * send RST, which takes the last packet, and so the reason, away from the device.
     */
    @Override
    public void end() {
        if (isEnded()) {
            return;
        }
        sweepsLeft = LoopConnections.SWEEPS_LINGERING;
        dropRest();
        if (unsent != null && unsent.bytes() > 0) {
            leaveSoon();
            return;
        }
        try {
            shared.calls().shutdown(this);
        } catch (IOException e) { // it is broken already
            leaveSoon();
        }
    }

    @Override
    public void swept(long nanoTime) {
        if (!isEnded()) {
            if (unsent != null && isStalled(unsent)) {
                protocol().stalled(peer);
                return;
            }
            protocol().swept(peer, nanoTime);
        } else if (sweepsLeft-- == 0) {
            sweepsLeft = 0;
            leave();
        }
    }

    private boolean isStalled(Unsent onItsWay) {
        long left = unacknowledgedBytes();
        if (left == 0) {
            unsent = null;
            return false;
        }
        return shared.connections().isStalled(onItsWay.outgoing(), left);
    }

    /** Leaves in a task of its own: the peer is not told in the middle of a call that it made. */
    private void leaveSoon() {
        try {
            shared.loop().execute(this::leave);
        } catch (RejectedExecutionException e) {
            leave();
        }
    }

    private void leave() {
        if (isGone()) {
            return;
        }
        boolean byDevice = !isEnded();
        sweepsLeft = GONE;
        try {
            dropRest();
            if (unsent != null) {
                unsent.release();
                unsent = null;
            }
        } catch (RuntimeException e) { // the descriptor is given back all the same
            shared.connections().failed(e);
        }
        closeDescriptor();
        shared.left(this);
        protocol().closed(peer, byDevice && broken);
    }

    /** The last of its kind: epoll forgets it by itself. */
    private void closeDescriptor() {
        try {
            shared.calls().close(this);
        } catch (IOException e) {
            LOG.atDebug().setCause(e).log("a descriptor could not be closed");
        } catch (RuntimeException | Error e) {
            shared.connections().failed(e);
        }
    }

    @Override
    public void loopEnds() {
        leave();
    }
}
