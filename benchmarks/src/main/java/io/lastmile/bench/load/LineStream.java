package io.lastmile.bench.load;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** One request whose body is lines of JSON without end, and its answers. One writes, one reads. */
public final class LineStream implements AutoCloseable {
    private static final int ANSWER_WITHIN_MS = 120_000;
    private static final byte[] LINE_END = {'\r', '\n'};

    private final Socket socket;
    private final OutputStream out;

    /** Fills batches of lines. */
    @FunctionalInterface
    public interface Filling {
        /** Adds at least one line to an empty batch; false where there are no more. */
        boolean fill(MessageLines lines);
    }

    /** Posts batch after batch while its answers are read, and waits for the last of these. */
    public static void post(
            InetSocketAddress api, MessageLines lines, Filling filling, LineAnswers.Told told)
            throws IOException, InterruptedException, ExecutionException {
        try (LineStream stream = new LineStream(api)) {
            FutureTask<Void> answers =
                    new FutureTask<>(() -> {
                        stream.readAnswers(told);
                        return null;
                    });
            Thread.ofPlatform().name("answers").daemon().start(answers);
            lines.clear();
            while (filling.fill(lines)) {
                stream.write(lines);
                lines.clear();
            }
            stream.end();
            answers.get(); // fails as reading them did
        }
    }

    /** Connects and writes the head of the request. */
    public LineStream(InetSocketAddress api) throws IOException {
        socket = new Socket(api.getHostString(), api.getPort());
        socket.setSoTimeout(ANSWER_WITHIN_MS);
        socket.setTcpNoDelay(true);
        out = socket.getOutputStream();
        out.write(
                "POST /v1/messages HTTP/1.1\r\nHost: %s:%d\r\nContent-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n"
                        .formatted(api.getHostString(), api.getPort())
                        .getBytes(StandardCharsets.US_ASCII));
    }

    /** Writes all of these lines, at least one. */
    public void write(MessageLines lines) throws IOException {
        out.write(Integer.toHexString(lines.length()).getBytes(StandardCharsets.US_ASCII));
        out.write(LINE_END);
        out.write(lines.bytes(), 0, lines.length());
        out.write(LINE_END);
    }

    /** Ends the body. */
    public void end() throws IOException {
        out.write("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    }

    /** Reads answers to their end and tells each. */
    public void readAnswers(LineAnswers.Told told) throws IOException {
        LineAnswers.read(socket.getInputStream(), told);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
