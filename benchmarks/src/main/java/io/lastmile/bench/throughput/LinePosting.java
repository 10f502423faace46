package io.lastmile.bench.throughput;

import io.lastmile.bench.load.LineStream;
import io.lastmile.bench.load.MessageLines;
import io.lastmile.bench.load.NumberedPayload;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;

/** Streams of lines of JSON. */
record LinePosting(InetSocketAddress api, NumberedPayload payload, int senders) implements Posting {
    private static final int LINES_AT_ONCE = 100;

    @Override
    public void run(int sender, Turns turns, Books books, long untilNs)
            throws IOException, InterruptedException {
        try (LineStream stream = new LineStream(api)) {
            Thread reader = Thread.ofVirtual().start(() -> readAnswers(stream, books));
            MessageLines lines = new MessageLines(payload, LINES_AT_ONCE);
            while (books.begin(LINES_AT_ONCE, untilNs)) {
                lines.clear();
                for (int i = 0; i < LINES_AT_ONCE; i++) {
                    turns.next();
                    lines.add(turns.device(), turns.number());
                }
                stream.write(lines);
            }
            stream.end();
            reader.join();
        }
    }

    private static void readAnswers(LineStream stream, Books books) {
        try {
            stream.readAnswers(books);
        } catch (IOException e) { // the messages that it leaves unanswered are not in the books
            throw new UncheckedIOException(e);
        }
    }
}
