package io.lastmile.bench.load;

import io.lastmile.wire.MessageId;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of an answer as they come. It knows no more of HTTP than the answers of this API need,
 * so that it costs little beside what is measured. One thread.
 */
final class AnswerBytes {
    private static final int FIRST_BYTES = 4 << 10;
    private static final int BYTES_MAX = 64 << 10;
    private static final byte[] LENGTH = "content-length: ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] CLOSE = "connection: close".getBytes(StandardCharsets.US_ASCII);
    private static final int STATUS_AT = "HTTP/1.1 ".length();

    private byte[] bytes = new byte[FIRST_BYTES];
    private int length;
    private int bodyFrom;
    private int end;

    /** Forgets this answer: the next one begins. */
    void clear() {
        length = 0;
        end = 0;
    }

    /**
     * Reads what there is, waiting for it; says whether the answer is whole now.
     *
     * @throws EOFException where nothing more comes
     */
    boolean read(InputStream in) throws IOException {
        return took(in.read(bytes, length, room()));
    }

    /** The same from a channel, which does not wait. */
    boolean read(ReadableByteChannel in) throws IOException {
        int room = room();
        return took(in.read(ByteBuffer.wrap(bytes, length, room)));
    }

    private int room() throws IOException {
        if (length == bytes.length) {
            if (length >= BYTES_MAX) {
                throw new IOException("an answer of more than " + length + " bytes");
            }
            bytes = Arrays.copyOf(bytes, 2 * length);
        }
        return bytes.length - length;
    }

    private boolean took(int read) throws IOException {
        if (read < 0) {
            throw new EOFException("closed without an answer");
        }
        length += read;
        if (end == 0) {
            bodyFrom = headEnd();
            end = bodyFrom < 0 ? 0 : bodyFrom + bodyLength();
        }
        return end > 0 && length >= end;
    }

    private int headEnd() {
        for (int i = 3; i < length; i++) {
            if (bytes[i] == '\n' && bytes[i - 1] == '\r' && bytes[i - 2] == '\n') {
                return i + 1;
            }
        }
        return -1;
    }

    private int bodyLength() throws IOException {
        int after = after(LENGTH);
        if (after < 0) {
            String head = new String(bytes, 0, bodyFrom, StandardCharsets.US_ASCII);
            throw new IOException("an answer without a length: " + head);
        }
        int body = 0;
        for (int i = after; bytes[i] >= '0' && bytes[i] <= '9'; i++) {
            body = 10 * body + bytes[i] - '0';
        }
        return body;
    }

    /** Where the head goes on after a text in small letters; -1 where it does not have it. */
    private int after(byte[] text) {
        for (int i = 0; i + text.length < bodyFrom; i++) {
            int same = 0;
            while (same < text.length && Character.toLowerCase(bytes[i + same]) == text[same]) {
                same++;
            }
            if (same == text.length) {
                return i + same;
            }
        }
        return -1;
    }

    int status() {
        return Integer.parseInt(new String(bytes, STATUS_AT, 3, StandardCharsets.US_ASCII));
    }

    /** Whether the API closes the connection after it. */
    boolean isLast() {
        return after(CLOSE) >= 0;
    }

    String body() {
        return new String(bytes, bodyFrom, end - bodyFrom, StandardCharsets.UTF_8);
    }

    /** The id of the message that was accepted; null where the body does not begin with one. */
    @Nullable MessageId id() {
        return AnsweredId.of(bytes, bodyFrom, end);
    }
}
