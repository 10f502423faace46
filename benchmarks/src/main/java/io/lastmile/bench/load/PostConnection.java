package io.lastmile.bench.load;

import io.lastmile.wire.MessageId;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * One connection that is kept alive and posts one message after the other. It knows no more of HTTP
 * than the answers of this API need, so that it costs little beside what it measures. One thread.
 */
public final class PostConnection implements AutoCloseable {
    private static final byte[] LENGTH = "content-length: ".getBytes(StandardCharsets.US_ASCII);
    private static final int BUFFER_BYTES = 4_096;

    /** The status of a message that Kafka has. */
    public static final int ACCEPTED = 202;

    private final Socket socket;
    private final InputStream in;
    private final String host;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private int bodyFrom;

    /** Connects. */
    public PostConnection(InetSocketAddress api) throws IOException {
        socket = new Socket(api.getAddress(), api.getPort());
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(30_000);
        in = socket.getInputStream();
        host = api.getHostString() + ":" + api.getPort();
    }

    /** The bytes of a request, head and body in one. */
    public byte[] request(String device, byte[] payload) {
        byte[] head =
                "POST /v1/devices/%s/messages HTTP/1.1\r\nHost: %s\r\nContent-Type: application/octet-stream\r\nContent-Length: %d\r\n\r\n"
                        .formatted(device, host, payload.length)
                        .getBytes(StandardCharsets.US_ASCII);
        byte[] request = new byte[head.length + payload.length];
        System.arraycopy(head, 0, request, 0, head.length);
        System.arraycopy(payload, 0, request, head.length, payload.length);
        return request;
    }

    /** Posts and waits for the whole answer: its status. */
    public int post(byte[] request) throws IOException {
        socket.getOutputStream().write(request);
        int length = 0;
        while (true) {
            int read = in.read(buffer, length, buffer.length - length);
            if (read < 0) {
                throw new EOFException("the API closed the connection");
            }
            length += read;
            int end = headEnd(length);
            if (end >= 0 && length >= end + bodyLength(end)) {
                bodyFrom = end;
                return Integer.parseInt(new String(buffer, 9, 3, StandardCharsets.US_ASCII));
            }
            if (length == buffer.length) {
                throw new IOException("an answer of more than " + length + " bytes");
            }
        }
    }

    /** The id of the message that was accepted last. */
    public MessageId id() throws IOException {
        MessageId id = AnsweredId.of(buffer, bodyFrom, buffer.length);
        if (id == null) {
            throw new IOException("the answer does not begin with an id");
        }
        return id;
    }

    private int headEnd(int length) {
        for (int i = 3; i < length; i++) {
            if (buffer[i] == '\n' && buffer[i - 1] == '\r' && buffer[i - 2] == '\n') {
                return i + 1;
            }
        }
        return -1;
    }

    private int bodyLength(int headEnd) throws IOException {
        for (int i = 0; i + LENGTH.length < headEnd; i++) {
            int same = 0;
            while (same < LENGTH.length
                    && Character.toLowerCase(buffer[i + same]) == LENGTH[same]) {
                same++;
            }
            if (same == LENGTH.length) {
                int length = 0;
                for (int j = i + same; buffer[j] >= '0' && buffer[j] <= '9'; j++) {
                    length = 10 * length + buffer[j] - '0';
                }
                return length;
            }
        }
        String head = new String(buffer, 0, headEnd, StandardCharsets.US_ASCII);
        throw new IOException("an answer without a length: " + head.toLowerCase(Locale.ROOT));
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
