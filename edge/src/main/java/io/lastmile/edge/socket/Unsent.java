package io.lastmile.edge.socket;

import io.netty.buffer.ByteBuf;
import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import java.util.ArrayDeque;

/**
 * Bytes on their way to a device, in their order: those that the socket has not taken are here, of
 * the others it is watched how they fare. It exists only while there are some.
 */
final class Unsent {
    /** What a short part takes beside its bytes. */
    private static final int PART_BYTES = 96;

    private final ArrayDeque<ByteBuf> parts = new ArrayDeque<>(4);
    private final Outgoing outgoing = new Outgoing();
    private int bytes;
    private int askedBytes;

    /**
     * Takes a buffer over.
     *
     * @param asked whether the device asked for it although the socket is full
     */
    void add(ByteBuf part, boolean asked) {
        int length = part.readableBytes();
        bytes += length;
        outgoing.wrote(length);
        if (asked) {
            askedBytes += length + PART_BYTES;
        }
        parts.add(part);
    }

    /** What the socket has not taken. */
    int bytes() {
        return bytes;
    }

    /** What the device asked for, and does not take, since the socket took everything last. */
    int askedBytes() {
        return askedBytes;
    }

    Outgoing outgoing() {
        return outgoing;
    }

    /**
     * Gives the socket as much as it takes. Small packets go together, in one call to the kernel.
     *
     * @param gathering the loop's buffer, off the heap
     */
    void writeTo(FileDescriptor socket, ByteBuf gathering, SystemCalls calls) throws IOException {
        while (bytes > 0) {
            gather(gathering);
            int offered = gathering.readableBytes();
            int taken = calls.write(socket, gathering.memoryAddress(), offered);
            if (taken > 0) {
                drop(taken);
            }
            if (taken < offered) {
                return;
            }
        }
        askedBytes = 0;
    }

    private void gather(ByteBuf gathering) {
        gathering.clear();
        for (ByteBuf part : parts) {
            int length = Math.min(part.readableBytes(), gathering.writableBytes());
            gathering.writeBytes(part, part.readerIndex(), length);
            if (!gathering.isWritable()) {
                return;
            }
        }
    }

    private void drop(int taken) {
        bytes -= taken;
        int left = taken;
        for (ByteBuf part = parts.peek(); part != null; part = parts.peek()) {
            if (part.readableBytes() > left) {
                part.skipBytes(left);
                return;
            }
            left -= part.readableBytes();
            parts.remove().release();
        }
    }

    void release() {
        parts.forEach(ByteBuf::release);
        parts.clear();
        bytes = 0;
    }
}
