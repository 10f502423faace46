package io.lastmile.edge.socket;

import io.netty.channel.epoll.Epoll;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import org.jspecify.annotations.Nullable;

/**
 * What the kernel holds of a socket's bytes until the other end acknowledges them ({@code
 * SIOCOUTQ}, tcp(7)). Netty offers no such call, so it is made through the JDK. One thread.
 */
final class SendQueue {
    private static final long SIOCOUTQ = 0x5411;
    private static final @Nullable MethodHandle IOCTL = Epoll.isAvailable() ? ioctl() : null;

    private final MemorySegment answer = Arena.ofAuto().allocate(ValueLayout.JAVA_INT);

    @SuppressWarnings("restricted") // this function of the kernel is what is asked for
    private static MethodHandle ioctl() {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(
                linker.defaultLookup().findOrThrow("ioctl"),
                FunctionDescriptor.of(
                        ValueLayout.JAVA_INT,
                        ValueLayout.JAVA_INT,
                        ValueLayout.JAVA_LONG,
                        ValueLayout.ADDRESS),
                Linker.Option.firstVariadicArg(2));
    }

    /** How many bytes; 0 where the kernel does not say. */
    int bytes(int descriptor) {
        if (IOCTL == null) {
            return 0;
        }
        int result;
        try {
            result = (int) IOCTL.invokeExact(descriptor, SIOCOUTQ, answer);
        } catch (Throwable e) {
            throw new IllegalStateException(e); // nothing is thrown by a call to the kernel
        }
        return result < 0 ? 0 : answer.get(ValueLayout.JAVA_INT, 0);
    }
}
