package io.lastmile.bench.throughput;

import java.io.IOException;
import java.util.concurrent.ExecutionException;

/** A way of messages into Lastmile, of several senders at once. */
interface Posting {
    int senders();

    /** Which devices a sender has, of all, from a row on. */
    Turns turns(int sender, int devices, long row);

    /** Sends until then, and waits for the answers. */
    void run(int sender, Turns turns, Books books, long untilNs)
            throws IOException, InterruptedException, ExecutionException;
}
