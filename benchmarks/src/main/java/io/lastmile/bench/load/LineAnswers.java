package io.lastmile.bench.load;

import io.lastmile.wire.MessageId;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** The answer to a stream of lines: a chunked body with an answer a line. */
public final class LineAnswers {
    private static final int LINE_BYTES_MAX = 4_096;

    private final InputStream in;
    private final Told told;
    private final byte[] line = new byte[LINE_BYTES_MAX];
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
        while (!answers.headLine().isEmpty()) {
            // a header
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
        int next = in.read();
        if (next < 0) {
            throw new EOFException("closed before the last answer");
        }
        return next;
    }

    /** An answer may begin in one chunk and end in the next. */
    private void chunk(int bytes) throws IOException {
        for (int i = 0; i < bytes; i++) {
            int next = next();
            if (next != '\n') {
                if (lineBytes < LINE_BYTES_MAX) {
                    line[lineBytes++] = (byte) next;
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
