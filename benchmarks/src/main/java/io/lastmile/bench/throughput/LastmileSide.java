package io.lastmile.bench.throughput;

import io.lastmile.bench.Figure;
import io.lastmile.bench.load.AckingDevices;
import io.lastmile.bench.load.Arrivals;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Into Lastmile in some way, PUBACK at the device, receipt in Kafka. */
final class LastmileSide implements Side {
    private final LoadOptions options;
    private final Bed bed;
    private final Posting posting;
    private final Books books;
    private @Nullable AckingDevices devices;
    private long rows;

    LastmileSide(LoadOptions options, Bed bed, Posting posting) {
        this.options = options;
        this.bed = bed;
        this.posting = posting;
        books = new Books(options, bed.bootstrap());
    }

    @Override
    public String name() {
        return "lastmile";
    }

    @Override
    public Figure rate() {
        return Figure.THROUGHPUT;
    }

    @Override
    public Map<Figure, Long> pids() {
        return Map.of(
                Figure.MESSAGE_KAFKA_CPU, bed.kafka().pid(),
                Figure.MESSAGE_API_CPU, bed.api().pid(),
                Figure.MESSAGE_ROUTER_CPU, bed.router().pid(),
                Figure.MESSAGE_EDGE_CPU, bed.edge().pid(),
                Figure.MESSAGE_CLIENT_CPU, ProcessHandle.current().pid());
    }

    @Override
    public void connect() throws IOException {
        devices =
                new AckingDevices(
                        bed.edge().address("edge.mqtt.port"),
                        _ -> "inbox/+",
                        options.devices(),
                        1,
                        books::given);
    }

    @Override
    public Round run(int seconds) throws Exception {
        long delivered = books.delivered();
        long duplicates = books.duplicates();
        long refused = books.refused();
        long beganNs = System.nanoTime();
        post(beganNs + TimeUnit.SECONDS.toNanos(seconds));
        Arrivals.await(() -> books.lost() == 0);
        return new Round(
                books.delivered() - delivered,
                books.latestNs() - beganNs,
                books.lost(),
                books.duplicates() - duplicates,
                books.refused() - refused);
    }

    private void post(long untilNs) throws Exception {
        int senders = posting.senders();
        List<Turns> all = new ArrayList<>();
        List<Future<?>> running = new ArrayList<>();
        try (ExecutorService threads = Executors.newCachedThreadPool()) {
            for (int i = 0; i < senders; i++) {
                int sender = i;
                Turns turns = posting.turns(sender, options.devices(), rows);
                all.add(turns);
                running.add(
                        threads.submit(() -> {
                            posting.run(sender, turns, books, untilNs);
                            return null;
                        }));
            }
            for (Future<?> each : running) {
                each.get();
            }
        }
        all.forEach(turns -> rows = Math.max(rows, turns.nextRow()));
    }

    @Override
    public @Nullable String lastRefusal() {
        return books.lastRefusal();
    }

    @Override
    public void disconnect() throws IOException {
        if (devices != null) {
            devices.close();
            devices = null;
        }
    }

    @Override
    public void close() throws IOException {
        disconnect();
        books.close();
    }
}
