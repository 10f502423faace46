package io.lastmile.edge.socket;

import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.channels.NotYetConnectedException;

/**
 * What flat connections ask of the kernel. Whatever the kernel says no with is an {@link
 * IOException}: Netty makes of ENOTCONN, which a socket that its peer has reset gives, an exception
 * of another kind, which nobody who handles a broken connection expects. A seam as well: tests let
 * each call fail with each errno that it may.
 */
class SystemCalls {
    private static final MethodHandle EPOLL_CTL =
            function(
                    "epoll_ctl",
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_INT,
                    ValueLayout.ADDRESS);
    private static final MethodHandle EPOLL_WAIT =
            function(
                    "epoll_wait",
                    ValueLayout.JAVA_INT,
                    ValueLayout.ADDRESS,
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_INT);
    private static final VarHandle ERRNO =
            Linker.Option.captureStateLayout()
                    .varHandle(MemoryLayout.PathElement.groupElement("errno"));

    @SuppressWarnings("restricted") // these two functions of the kernel are what is asked for
    private static MethodHandle function(String name, MemoryLayout... arguments) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(
                linker.defaultLookup().findOrThrow(name),
                FunctionDescriptor.of(ValueLayout.JAVA_INT, arguments),
                Linker.Option.captureCallState("errno"));
    }

    /** Up to so many bytes to an address; 0 where there are none now, -1 at the end. */
    int read(FileDescriptor from, long address, int length) throws IOException {
        try {
            return from.readAddress(address, 0, length);
        } catch (NotYetConnectedException e) {
            throw notConnected(e);
        }
    }

    /** How many of the bytes at an address were taken; 0 where there is no room. */
    int write(FileDescriptor to, long address, int length) throws IOException {
        try {
            return to.writeAddress(address, 0, length);
        } catch (NotYetConnectedException e) {
            throw notConnected(e);
        }
    }

    /** Sends FIN. */
    void shutdown(FileDescriptor socket) throws IOException {
        try {
            new Socket(socket.intValue()).shutdown(false, true);
        } catch (NotYetConnectedException e) {
            throw notConnected(e);
        }
    }

    /**
     * The descriptor of a new connection, -1 where there is none; its address goes to the array.
     */
    int accept(Socket listener, byte[] address) throws IOException {
        return listener.accept(address);
    }

    /** Gives the descriptor back; whatever it throws, that is done. */
    void close(FileDescriptor descriptor) throws IOException {
        descriptor.close();
    }

    /**
     * epoll_ctl.
     *
     * @param state where errno goes
     */
    void control(int epoll, int operation, int descriptor, MemorySegment event, MemorySegment state)
            throws IOException {
        int result;
        try {
            result = (int) EPOLL_CTL.invokeExact(state, epoll, operation, descriptor, event);
        } catch (Throwable e) {
            throw new IllegalStateException(e); // nothing is thrown by a call to the kernel
        }
        if (result < 0) {
            throw new IOException("epoll_ctl failed with " + (int) ERRNO.get(state, 0L));
        }
    }

    /** How many events there are now. */
    int await(int epoll, MemorySegment events, int eventsMax, MemorySegment state)
            throws IOException {
        int result;
        try {
            result = (int) EPOLL_WAIT.invokeExact(state, epoll, events, eventsMax, 0);
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
        if (result < 0) {
            throw new IOException("epoll_wait failed with " + (int) ERRNO.get(state, 0L));
        }
        return result;
    }

    private static IOException notConnected(NotYetConnectedException cause) {
        return new IOException("not connected any more", cause);
    }
}
