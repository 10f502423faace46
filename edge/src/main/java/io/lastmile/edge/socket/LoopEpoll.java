package io.lastmile.edge.socket;

import io.netty.channel.IoEvent;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.epoll.Native;
import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An epoll for all flat connections of one loop, which is one descriptor to the loop's own. What
 * epoll keeps for a connection is its place in {@link LoopConnections}: so nothing but that array
 * leads from a descriptor to its object, where Netty has a registration and a table for each.
 *
 * <p>Netty offers no call that gives an event's data back, so the two calls are made through the
 * JDK. Used on its loop only.
 */
final class LoopEpoll implements EpollIoHandle {
    static final int READ = Native.EPOLLIN;
    static final int WRITE = Native.EPOLLOUT;

    private static final Logger LOG = LoggerFactory.getLogger(LoopEpoll.class);
    private static final int EVENTS_AT_ONCE = 512;
    private static final int ADD = 1;
    private static final int MODIFY = 3;
    private static final int EVENT_BYTES = Native.sizeofEpollEvent();
    private static final int DATA_OFFSET = Native.offsetofEpollData();

    private final LoopConnections connections;
    private final SystemCalls calls;
    private final FileDescriptor epoll = Native.newEpollCreate();
    private final MemorySegment events =
            Arena.ofAuto().allocate((long) EVENTS_AT_ONCE * EVENT_BYTES, 8);
    private final MemorySegment event = Arena.ofAuto().allocate(EVENT_BYTES, 8);
    private final MemorySegment state = Arena.ofAuto().allocate(Linker.Option.captureStateLayout());

    /** Part of the loop from now on. */
    LoopEpoll(IoEventLoop loop, LoopConnections connections, SystemCalls calls) {
        this.connections = connections;
        this.calls = calls;
        loop.register(this).syncUninterruptibly().getNow().submit(EpollIoOps.EPOLLIN);
    }

    /** Tells the connection at this place of its descriptor's events from now on. */
    void add(int descriptor, int place, int wanted) throws IOException {
        control(ADD, descriptor, place, wanted);
    }

    /** Other events than before. */
    void modify(int descriptor, int place, int wanted) throws IOException {
        control(MODIFY, descriptor, place, wanted);
    }

    private void control(int operation, int descriptor, int place, int wanted) throws IOException {
        event.set(ValueLayout.JAVA_INT, 0, wanted);
        event.set(ValueLayout.JAVA_INT_UNALIGNED, DATA_OFFSET, place);
        calls.control(epoll.intValue(), operation, descriptor, event, state);
    }

    @Override
    public FileDescriptor fd() {
        return epoll;
    }

    /** Whom there is no time for now is told of again in the loop's next turn. */
    @Override
    public void handle(IoRegistration registered, IoEvent readable) {
        int ready;
        try {
            ready = calls.await(epoll.intValue(), events, EVENTS_AT_ONCE, state);
        } catch (IOException | RuntimeException | Error e) { // an Error would end the loop
            connections.failed(e);
            return;
        }
        for (int i = 0; i < ready; i++) {
            long data = (long) i * EVENT_BYTES + DATA_OFFSET;
            connections.ready(events.get(ValueLayout.JAVA_INT_UNALIGNED, data));
        }
    }

    /** The loop has ended, and its connections before it. */
    @Override
    public void close() {
        try {
            epoll.close();
        } catch (IOException e) {
            LOG.atDebug().setCause(e).log("an epoll could not be closed");
        }
    }
}
