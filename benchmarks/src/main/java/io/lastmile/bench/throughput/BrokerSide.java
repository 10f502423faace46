package io.lastmile.bench.throughput;

import io.lastmile.bench.Figure;
import io.lastmile.bench.load.AckingDevices;
import io.lastmile.bench.load.DeviceName;
import io.lastmile.bench.load.NumberedPayload;
import io.lastmile.bench.peer.Broker;
import io.lastmile.bench.peer.MqttPublisher;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** Publishers at QoS 1, another broker of MQTT, PUBACK at the device. No Kafka, and no receipt. */
final class BrokerSide extends CountedSide {
    private static final int AT_ONCE = 100;

    private final Broker broker;
    private final Figure rate;
    private final Figure cpu;
    private final int publishers;
    private final NumberedPayload payload;
    private @Nullable AckingDevices devices;
    private long rows;

    /**
     * A side.
     *
     * @param rate and cpu figures of that broker
     */
    BrokerSide(LoadOptions options, Broker broker, Figure rate, Figure cpu, int publishers) {
        super(options);
        this.broker = broker;
        this.rate = rate;
        this.cpu = cpu;
        this.publishers = publishers;
        payload = new NumberedPayload(options.payloadBytes());
    }

    @Override
    public String name() {
        return broker.name();
    }

    @Override
    public Figure rate() {
        return rate;
    }

    @Override
    public Map<Figure, Long> pids() {
        return Map.of(cpu, broker.pid());
    }

    @Override
    public void connect() throws IOException {
        devices =
                new AckingDevices(
                        broker.address(),
                        name -> "inbox/" + name,
                        options.devices(),
                        1,
                        this::arrived);
    }

    @Override
    long send(long untilNs, LongAdder accepted) throws Exception {
        List<Turns> all = new ArrayList<>();
        List<Future<Long>> running = new ArrayList<>();
        long sent = 0;
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < publishers; i++) {
                Turns turns = new Turns(i, publishers, options.devices(), rows);
                String client = "publisher-" + i;
                all.add(turns);
                running.add(threads.submit(() -> publish(client, turns, untilNs)));
            }
            for (Future<Long> each : running) {
                sent += each.get();
            }
        }
        all.forEach(turns -> rows = Math.max(rows, turns.nextRow()));
        accepted.add(sent); // every one of them has its PUBACK
        return sent;
    }

    private long publish(String client, Turns turns, long untilNs)
            throws IOException, InterruptedException {
        long sent = 0;
        try (MqttPublisher publisher = new MqttPublisher(broker.address(), client)) {
            while (underWay.begin(AT_ONCE, untilNs)) {
                for (int i = 0; i < AT_ONCE; i++) {
                    turns.next();
                    publisher.publish(
                            "inbox/" + DeviceName.of(turns.device()), payload.of(turns.number()));
                }
                publisher.flush();
                sent += AT_ONCE;
            }
            publisher.awaitAcknowledged();
        }
        return sent;
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
        broker.close();
    }
}
