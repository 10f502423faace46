package io.lastmile.bench.stadium;

import io.lastmile.bench.Figure;
import io.lastmile.bench.load.Arrivals;
import io.lastmile.bench.load.LineStream;
import io.lastmile.bench.load.LogPositions;
import io.lastmile.bench.load.MessageLines;
import io.lastmile.bench.load.NumberedPayload;
import io.lastmile.bench.process.Scrape;
import io.lastmile.bench.process.ServerProcess;
import io.lastmile.node.Metric;
import io.lastmile.node.kafka.KafkaSettings;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** Posted as fast as the API takes it, PUBACK at the device, receipt in Kafka. One thread. */
final class LastmileSide implements Side {
    private static final int LINES_AT_ONCE = 100;
    private static final double NS_OF_MS = 1e6;

    private final StadiumOptions options;
    private final StadiumBed bed;
    private final Crowds crowds;
    private final Books books;
    private final LogPositions positions;
    private final NumberedPayload payload;
    private long given;

    LastmileSide(StadiumOptions options, StadiumBed bed, Crowds crowds) {
        this.options = options;
        this.bed = bed;
        this.crowds = crowds;
        books = new Books(options.partitions(), bed.bootstrap());
        positions =
                new LogPositions(
                        new KafkaSettings(
                                bed.bootstrap(),
                                "lastmile.",
                                options.partitions(),
                                true,
                                Map.of()));
        payload = new NumberedPayload(options.payloadBytes());
    }

    @Override
    public String name() {
        return "lastmile";
    }

    @Override
    public void connect() throws IOException {
        crowds.connect(bed.edges().stream().map(edge -> edge.port("edge.mqtt.port")).toList());
        positions.awaitCommitted();
    }

    @Override
    public Map<Figure, Double> wave(int number) throws Exception {
        crowds.expect(number);
        long deliveredBefore = books.delivered();
        long refusedBefore = books.refused();
        ProcessorUs before = ProcessorUs.now(bed, crowds);
        long beganNs = System.nanoTime();
        post(number);
        Arrivals.await(() -> books.undelivered() == 0);
        ProcessorUs spent = ProcessorUs.now(bed, crowds).minus(before);
        positions.awaitCommitted(); // also what was refused and is in Kafka all the same
        Times times = crowds.times(beganNs);
        long delivered = books.delivered() - deliveredBefore;
        given += times.count();
        Map<Figure, Double> figures = new EnumMap<>(Figure.class);
        figures.put(Figure.DEVICES, (double) Math.min(delivered, times.count()));
        figures.put(Figure.P50, times.percentileMs(50));
        figures.put(Figure.P99, times.percentileMs(99));
        figures.put(Figure.LAST, times.percentileMs(100));
        figures.put(Figure.SETTLED, (books.latestNs() - beganNs) / NS_OF_MS);
        figures.put(Figure.THROUGHPUT_REFUSED, (double) (books.refused() - refusedBefore));
        double devices = options.devices();
        figures.put(Figure.MESSAGE_API_CPU, spent.api() / devices);
        figures.put(Figure.MESSAGE_KAFKA_CPU, spent.kafka() / devices);
        figures.put(Figure.MESSAGE_ROUTER_CPU, spent.router() / devices);
        figures.put(Figure.MESSAGE_EDGE_CPU, spent.edges() / devices);
        figures.put(Figure.MESSAGE_CLIENT_CPU, spent.client() / devices);
        return figures;
    }

    private void post(int wave) throws Exception {
        List<Future<?>> running = new ArrayList<>();
        try (ExecutorService threads = Executors.newCachedThreadPool()) {
            for (int i = 0; i < options.streams(); i++) {
                int stream = i;
                running.add(
                        threads.submit(() -> {
                            post(wave, stream);
                            return null;
                        }));
            }
            for (Future<?> each : running) {
                each.get();
            }
        }
    }

    /** To every so manieth device. */
    private void post(int wave, int stream) throws Exception {
        int[] next = {stream};
        LineStream.post(
                bed.api().address("api.port"),
                new MessageLines(payload, LINES_AT_ONCE),
                lines -> {
                    int lineCount = 0;
                    while (lineCount < LINES_AT_ONCE && next[0] < options.devices()) {
                        int device = next[0];
                        lines.add(device, NumberOf.message(wave, options.devices(), device));
                        next[0] += options.streams();
                        lineCount++;
                    }
                    return lineCount > 0;
                },
                books);
    }

    @Override
    public void leave() throws IOException {
        crowds.leave();
        Arrivals.await(() -> bed.edges().stream().allMatch(LastmileSide::isEmpty));
        positions.awaitCommitted();
    }

    private static boolean isEmpty(ServerProcess edge) {
        return Scrape.sum(edge, Metric.EDGE_SUBSCRIBED) == 0;
    }

    /** Waits until the router has committed all that Kafka holds for it now. */
    void awaitCommitted() {
        positions.awaitCommitted();
    }

    /** The receipts of copies of broadcasts, which the same reader reads. */
    CopyReceipts copies() {
        return books.copies();
    }

    /** Of all waves: accepted and not at their device, or without a receipt. */
    long lost() {
        return books.undelivered() + Math.max(0, books.delivered() - given);
    }

    /** Of all waves: second receipts. */
    long surplusReceipts() {
        return books.surplus();
    }

    /** Why the latest line was refused; null where none was. */
    @Nullable String lastRefusal() {
        return books.lastRefusal();
    }

    @Override
    public void close() {
        positions.close();
        books.close();
    }
}
