package io.lastmile.node;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;

/**
 * A gzip body as it was before it was packed. What comes out is bounded by what went in: a thousand
 * times as much fits into a few bytes, and whoever sends those would keep a processor busy for
 * seconds with each mebibyte. One thread.
 */
final class Unpacked extends FilterInputStream {
    static final long FREE_BYTES = 4 << 20;
    static final int TIMES_MAX = 100;

    private static final int INPUT_BYTES = 8 << 10;

    /** A thread that reads what is there already waits for nothing, and so gives way to nobody. */
    private static final int GIVE_WAY_BYTES = 32 << 10;

    private final Counting packed;
    private long bytes;
    private int sinceGivenWay;

    private static final class Counting extends FilterInputStream {
        private long bytes;

        Counting(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            int read = in.read();
            bytes += read < 0 ? 0 : 1;
            return read;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            int read = in.read(into, offset, length);
            bytes += Math.max(read, 0);
            return read;
        }
    }

    /** Reads its header. */
    Unpacked(InputStream packed) throws IOException {
        this(new Counting(packed));
    }

    private Unpacked(Counting packed) throws IOException {
        super(new GZIPInputStream(packed, INPUT_BYTES));
        this.packed = packed;
    }

    @Override
    public int read() throws IOException {
        int read = in.read();
        return read < 0 ? read : counted(read, 1);
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        int read = in.read(into, offset, length);
        return counted(read, Math.max(read, 0));
    }

    @SuppressWarnings("ThreadPriorityCheck") // a virtual thread is not made to give way otherwise
    private int counted(int read, int more) throws UnpackedTooLongException {
        bytes += more;
        if (bytes > FREE_BYTES + TIMES_MAX * packed.bytes) {
            throw new UnpackedTooLongException();
        }
        sinceGivenWay += more;
        if (sinceGivenWay >= GIVE_WAY_BYTES) {
            sinceGivenWay = 0;
            Thread.yield();
        }
        return read;
    }
}
