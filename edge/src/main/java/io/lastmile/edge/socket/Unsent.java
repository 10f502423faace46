package io.lastmile.edge.socket;

import io.netty.buffer.ByteBuf;
import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import java.util.ArrayDeque;

/** Bytes that are to go to a socket, in their order; it exists only while there are some. */
final class Unsent {
    private final ArrayDeque<ByteBuf> parts = new ArrayDeque<>(4);
    private int bytes;
    private int sweepsStalled;

    /** Takes a buffer over. */
    void add(ByteBuf part) {
        bytes += part.readableBytes();
        parts.add(part);
    }

    int bytes() {
        return bytes;
    }

    /** How many sweeps there have been since the socket took something last. */
    int sweptAgain() {
        return ++sweepsStalled;
    }

    /**
     * Gives the socket as much as it takes. Small packets go together, in one call to the kernel.
     *
     * @param gathering the loop's buffer, off the heap
     */
    void writeTo(FileDescriptor socket, ByteBuf gathering) throws IOException {
        while (bytes > 0) {
            gather(gathering);
            int offered = gathering.readableBytes();
            int taken = socket.writeAddress(gathering.memoryAddress(), 0, offered);
            if (taken > 0) {
                sweepsStalled = 0;
                drop(taken);
            }
            if (taken < offered) {
                return;
            }
        }
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
