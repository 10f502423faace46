package io.lastmile.bench.throughput;

import io.lastmile.bench.load.DeviceName;
import io.lastmile.bench.load.NumberedPayload;
import io.lastmile.bench.load.PlainProducer;
import io.lastmile.bench.load.PostConnection;
import io.lastmile.wire.MessageId;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicLong;

/** Connections that post a message each and wait for its answer, and plain producers. */
final class FanInPosting implements Posting {
    private static final int AT_ONCE = 20;

    private final InetSocketAddress api;
    private final String bootstrap;
    private final NumberedPayload payload;
    private final FanInOptions options;
    private final AtomicLong posted = new AtomicLong();
    private final AtomicLong produced = new AtomicLong();

    FanInPosting(InetSocketAddress api, String bootstrap, FanInOptions options) {
        this.api = api;
        this.bootstrap = bootstrap;
        this.options = options;
        payload = new NumberedPayload(options.load().payloadBytes());
    }

    @Override
    public int senders() {
        return options.connections() + options.producers();
    }

    /**
     * Half of the devices are the connections', the other half the plain producers': each of these
     * sends a hundred times as much, and would run over the inboxes of a few devices.
     */
    @Override
    public Turns turns(int sender, int devices, long row) {
        int connections = options.connections();
        int producers = options.producers();
        if (connections == 0 || producers == 0) {
            return new Turns(sender, senders(), devices, row);
        }
        int half = devices / 2;
        return sender < connections
                ? new Turns(sender, connections, half, devices, row)
                : new Turns(half + sender - connections, producers, devices, devices, row);
    }

    /** How many were accepted by the API, of all rounds. */
    long posted() {
        return posted.get();
    }

    /** How many the plain producers had accepted. */
    long produced() {
        return produced.get();
    }

    @Override
    public void run(int sender, Turns turns, Books books, long untilNs) throws IOException {
        if (sender < options.connections()) {
            post(turns, books, untilNs);
        } else {
            produce(turns, books, untilNs);
        }
    }

    private void post(Turns turns, Books books, long untilNs) throws IOException {
        try (PostConnection connection = new PostConnection(api)) {
            while (books.begin(1, untilNs)) {
                turns.next();
                byte[] body = payload.of(turns.number());
                int status =
                        connection.post(connection.request(DeviceName.of(turns.device()), body));
                if (status == PostConnection.ACCEPTED) {
                    books.accepted(connection.id());
                    posted.incrementAndGet();
                } else {
                    books.refused("status " + status);
                }
            }
        }
    }

    private void produce(Turns turns, Books books, long untilNs) {
        try (PlainProducer producer = PlainProducer.likeTheApi(bootstrap, "lastmile.messages")) {
            while (books.begin(AT_ONCE, untilNs)) {
                for (int i = 0; i < AT_ONCE; i++) {
                    turns.next();
                    producer.send(
                            turns.device(),
                            payload.of(turns.number()),
                            (metadata, failure) -> {
                                if (failure == null) {
                                    books.accepted(
                                            new MessageId(metadata.partition(), metadata.offset()));
                                    produced.incrementAndGet();
                                } else {
                                    books.refused(String.valueOf(failure.getMessage()));
                                }
                            });
                }
            }
        }
    }
}
