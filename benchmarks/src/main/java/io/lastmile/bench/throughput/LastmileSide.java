package io.lastmile.bench.throughput;

import io.lastmile.bench.Figure;
import io.lastmile.bench.load.AckingDevices;
import io.lastmile.bench.load.Deliveries;
import io.lastmile.bench.load.LineAnswers;
import io.lastmile.bench.load.LineStream;
import io.lastmile.bench.load.MessageLines;
import io.lastmile.bench.load.NumberedPayload;
import io.lastmile.bench.load.ReceiptsReader;
import io.lastmile.bench.load.Settlements;
import io.lastmile.bench.load.UnderWay;
import io.lastmile.bench.process.ServerProcess;
import io.lastmile.wire.MessageId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** POST by lines of JSON, PUBACK at the device, receipt in Kafka. */
final class LastmileSide implements Side, LineAnswers.Told {
    private static final int LINES_AT_ONCE = 100;

    private final ThroughputOptions options;
    private final ServerProcess api;
    private final ServerProcess edge;
    private final Map<Figure, Long> pids;
    private final NumberedPayload payload;
    private final UnderWay underWay;
    private final Deliveries deliveries;
    private final Settlements settlements;
    private final ReceiptsReader receipts;
    private final LongAdder refused = new LongAdder();
    private @Nullable AckingDevices devices;
    private volatile @Nullable String lastRefusal;
    private long rows;

    LastmileSide(
            ThroughputOptions options,
            String bootstrap,
            ServerProcess kafka,
            ServerProcess api,
            ServerProcess router,
            ServerProcess edge) {
        this.options = options;
        this.api = api;
        this.edge = edge;
        pids =
                Map.of(
                        Figure.MESSAGE_KAFKA_CPU, kafka.pid(),
                        Figure.MESSAGE_API_CPU, api.pid(),
                        Figure.MESSAGE_ROUTER_CPU, router.pid(),
                        Figure.MESSAGE_EDGE_CPU, edge.pid(),
                        Figure.MESSAGE_CLIENT_CPU, ProcessHandle.current().pid());
        payload = new NumberedPayload(options.payloadBytes());
        underWay = new UnderWay(options.underWayMax());
        deliveries = new Deliveries(options.devices());
        settlements = new Settlements(options.partitions());
        receipts =
                new ReceiptsReader(
                        bootstrap,
                        "lastmile.receipts",
                        (_, receipt) -> {
                            settlements.settled(receipt.id(), receipt.outcome());
                            underWay.end(1);
                        });
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
        return pids;
    }

    @Override
    public void connect() throws IOException {
        devices =
                new AckingDevices(
                        edge.address("edge.mqtt.port"),
                        _ -> "inbox/+",
                        options.devices(),
                        1,
                        deliveries::given);
    }

    @Override
    public Round run(int seconds) throws Exception {
        long delivered = settlements.delivered();
        long again = deliveries.again() + settlements.surplus();
        long refusedBefore = refused.sum();
        long beganNs = System.nanoTime();
        post(beganNs + TimeUnit.SECONDS.toNanos(seconds));
        Arrivals.await(() -> settlements.undelivered() == 0 && unseen() == 0);
        return new Round(
                settlements.delivered() - delivered,
                Math.max(settlements.latestNs(), deliveries.latestNs()) - beganNs,
                settlements.undelivered() + unseen(),
                deliveries.again() + settlements.surplus() - again,
                refused.sum() - refusedBefore);
    }

    /**
     * How many receipts say delivered of what no device was given. (A line that was refused because
     * Kafka did not answer in time may have been delivered all the same.)
     */
    private long unseen() {
        return Math.max(0, settlements.delivered() - deliveries.distinct());
    }

    /** Every stream has devices of its own, so that each of them is sent rising numbers. */
    private void post(long untilNs) throws Exception {
        int streams = options.streams();
        List<Future<Long>> done = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < streams; i++) {
                int stream = i;
                LineStream connection = new LineStream(api.address("api.port"));
                done.add(threads.submit(() -> write(connection, stream, untilNs)));
                done.add(threads.submit(() -> readAnswers(connection)));
            }
            for (Future<Long> part : done) {
                rows = Math.max(rows, part.get());
            }
        }
    }

    private long write(LineStream stream, int number, long untilNs) throws IOException {
        int streams = options.streams();
        int perRow = options.devices() / streams;
        long row = rows;
        int place = 0;
        MessageLines lines = new MessageLines(payload, LINES_AT_ONCE);
        while (underWay.begin(LINES_AT_ONCE, untilNs)) {
            lines.clear();
            for (int i = 0; i < LINES_AT_ONCE; i++) {
                int device = number + streams * place;
                lines.add(device, row * options.devices() + device);
                if (++place == perRow) {
                    place = 0;
                    row++;
                }
            }
            stream.write(lines);
        }
        stream.end();
        return row + 1;
    }

    private long readAnswers(LineStream stream) throws IOException {
        try (stream) {
            stream.readAnswers(this);
        }
        return 0;
    }

    @Override
    public void accepted(MessageId id) {
        settlements.accepted(id);
    }

    @Override
    public void refused(String answer) {
        lastRefusal = answer;
        refused.increment();
        underWay.end(1);
    }

    @Override
    public @Nullable String lastRefusal() {
        return lastRefusal;
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
        receipts.close();
    }
}
