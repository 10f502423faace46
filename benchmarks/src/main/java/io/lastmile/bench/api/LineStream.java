package io.lastmile.bench.api;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.function.LongSupplier;

/** One request whose body is lines of JSON without end, and its answers. */
final class LineStream implements AutoCloseable {
    private static final int LINES_AT_ONCE = 100;
    private static final int BUFFER_BYTES = 65_536;

    private final Socket socket;
    private final OutputStream out;
    private long accepted;

    LineStream(InetSocketAddress api) throws IOException {
        socket = new Socket(api.getAddress(), api.getPort());
        socket.setSoTimeout(30_000);
        out = socket.getOutputStream();
        out.write(
                "POST /v1/messages HTTP/1.1\r\nHost: %s:%d\r\nContent-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n"
                        .formatted(api.getHostString(), api.getPort())
                        .getBytes(StandardCharsets.US_ASCII));
    }

    /** Writes lines until that time, then the end of the body. */
    void write(LongSupplier device, String payloadBase64, long untilNs) throws IOException {
        StringBuilder lines = new StringBuilder(LINES_AT_ONCE * (payloadBase64.length() + 64));
        while (System.nanoTime() < untilNs) {
            lines.setLength(0);
            for (int i = 0; i < LINES_AT_ONCE; i++) {
                lines.append("{\"device\":\"bench-")
                        .append(device.getAsLong())
                        .append("\",\"payloadBase64\":\"")
                        .append(payloadBase64)
                        .append("\"}\n");
            }
            byte[] chunk = lines.toString().getBytes(StandardCharsets.US_ASCII);
            out.write(
                    (Integer.toHexString(chunk.length) + "\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            out.write(chunk);
            out.write('\r');
            out.write('\n');
        }
        out.write("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    }

    /** Reads answers to their end: how many have the id of a message. */
    long readAccepted() throws IOException {
        InputStream in = socket.getInputStream();
        byte[] buffer = new byte[BUFFER_BYTES];
        String beginning = "{\"id\":";
        String end = "0\r\n\r\n";
        int begun = 0;
        int ended = 0;
        while (true) {
            int read = in.read(buffer);
            if (read < 0) {
                return accepted;
            }
            for (int i = 0; i < read; i++) {
                begun = matched(beginning, begun, buffer[i]);
                if (begun == beginning.length()) {
                    accepted++;
                    begun = 0;
                }
                ended = matched(end, ended, buffer[i]);
                if (ended == end.length()) {
                    return accepted;
                }
            }
        }
    }

    private static int matched(String text, int before, byte next) {
        if (text.charAt(before) == next) {
            return before + 1;
        }
        return text.charAt(0) == next ? 1 : 0;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
