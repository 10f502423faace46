package io.lastmile.bench.throughput;

import io.lastmile.bench.load.LineStream;
import io.lastmile.bench.load.MessageLines;
import io.lastmile.bench.load.NumberedPayload;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** Streams of lines of JSON. */
record LinePosting(InetSocketAddress api, NumberedPayload payload, int senders) implements Posting {
    private static final int LINES_AT_ONCE = 100;

    @Override
    public void run(int sender, Turns turns, Books books, long untilNs)
            throws IOException, InterruptedException, ExecutionException {
        try (LineStream stream = new LineStream(api)) {
            FutureTask<Void> answers =
                    new FutureTask<>(() -> {
                        stream.readAnswers(books);
                        return null;
                    });
            Thread.ofVirtual().start(answers);
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
            answers.get(); // fails as reading them did
        }
    }
}
