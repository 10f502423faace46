package io.lastmile.bench.throughput;

import io.lastmile.bench.load.LineStream;
import io.lastmile.bench.load.MessageLines;
import io.lastmile.bench.load.NumberedPayload;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.ExecutionException;

/** Streams of lines of JSON. */
record LinePosting(InetSocketAddress api, NumberedPayload payload, int senders) implements Posting {
    private static final int LINES_AT_ONCE = 100;

    @Override
    public Turns turns(int sender, int devices, long row) {
        return new Turns(sender, senders, devices, row);
    }

    @Override
    public void run(int sender, Turns turns, Books books, long untilNs)
            throws IOException, InterruptedException, ExecutionException {
        MessageLines lines = new MessageLines(payload, LINES_AT_ONCE);
        LineStream.post(api, lines, batch -> filled(batch, turns, books, untilNs), books);
    }

    private static boolean filled(MessageLines batch, Turns turns, Books books, long untilNs) {
        if (!books.begin(LINES_AT_ONCE, untilNs)) {
            return false;
        }
        for (int i = 0; i < LINES_AT_ONCE; i++) {
            turns.next();
            batch.add(turns.device(), turns.number());
        }
        return true;
    }
}
