package io.lastmile.bench.load;

import io.lastmile.wire.MessageId;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** The answer to a stream of lines: a chunked body with an answer a line. */
public final class LineAnswers {
    private static final int LINE_BYTES_MAX = 4_096;
    private static final int BUFFER_BYTES = 64 << 10;

    private final InputStream in;
    private final Told told;
    private final byte[] line = new byte[LINE_BYTES_MAX];
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private int at; // in the buffer
    private int end;
    private int lineBytes;

    /** Hears the answers, in the order of the lines. */
    public interface Told {
        /** Kafka has the message. */
        void accepted(MessageId id);

        /** It was refused, with this answer. */
        void refused(String answer);
    }

    private LineAnswers(InputStream in, Told told) {
        this.in = in;
        this.told = told;
    }

    /** Reads all of it, from the status line on. */
    static void read(InputStream in, Told told) throws IOException {
        LineAnswers answers = new LineAnswers(in, told);
        String status = answers.headLine();
        if (!status.startsWith("HTTP/1.1 200 ")) {
            throw new IOException("not taken: " + status);
        }
        boolean isEmpty = false;
        for (String header = answers.headLine(); !header.isEmpty(); header = answers.headLine()) {
            isEmpty |= header.equalsIgnoreCase("Content-Length: 0");
        }
        if (isEmpty) {
            return; // there was no line, and so no chunk
        }
        int chunkBytes;
        while ((chunkBytes = Integer.parseInt(answers.headLine(), 16)) > 0) {
            answers.chunk(chunkBytes);
            answers.headLine(); // the end of the chunk's last line
        }
    }

    private String headLine() throws IOException {
        StringBuilder text = new StringBuilder();
        for (int next = next(); next != '\n'; next = next()) {
            if (next != '\r') {
                text.append((char) next);
            }
        }
        return text.toString();
    }

    private int next() throws IOException {
        fill();
        return buffer[at++];
    }

    private void fill() throws IOException {
        if (at == end) {
            at = 0;
            end = Math.max(0, in.read(buffer));
            if (end == 0) {
                throw new EOFException("closed before the last answer");
            }
        }
    }

    private void chunk(int bytes) throws IOException {
        for (int left = bytes; left > 0; ) {
            fill();
            int part = Math.min(left, end - at);
            lines(at + part);
            left -= part;
        }
    }

    /** An answer may begin in one chunk, or one part of it, and end in the next. */
    private void lines(int partEnd) {
        while (at < partEnd) {
            byte next = buffer[at++];
            if (next != '\n') {
                if (lineBytes < LINE_BYTES_MAX) {
                    line[lineBytes++] = next;
                }
            } else {
                answered();
                lineBytes = 0;
            }
        }
    }

    private void answered() {
        MessageId id = AnsweredId.of(line, 0, lineBytes);
        if (id == null) {
            told.refused(new String(line, 0, lineBytes, StandardCharsets.UTF_8));
        } else {
            told.accepted(id);
        }
    }
}
