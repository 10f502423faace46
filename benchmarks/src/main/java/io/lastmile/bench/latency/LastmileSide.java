package io.lastmile.bench.latency;

import io.lastmile.bench.Figure;
import io.lastmile.bench.Stamp;
import io.lastmile.bench.load.Answer;
import io.lastmile.bench.load.DeviceOptions;
import io.lastmile.bench.load.Devices;
import io.lastmile.bench.load.HttpProducer;
import io.lastmile.bench.process.ServerProcess;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.Payload;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** POST to the API, PUBLISH at the device. */
final class LastmileSide implements Side {
    private static final int CONNECTIONS = 32;
    private static final int CONNECT_SECONDS = 120;
    private static final String CONTENT_TYPE = "application/octet-stream";

    private final Map<Figure, Long> pids;
    private final Latencies latencies = new Latencies();
    private final LongAdder refused = new LongAdder();
    private final Devices devices;
    private final HttpProducer producer;

    LastmileSide(ServerProcess api, ServerProcess edge, List<DeviceId> ids, Map<Figure, Long> pids)
            throws Exception {
        this.pids = pids;
        devices =
                new Devices(
                        1,
                        received ->
                                latencies.arrived(
                                        Stamp.of(received.payload().bytes()), received.atNs()));
        producer = new HttpProducer(api.address("api.port"), CONNECTIONS);
        var _ =
                devices.connectAll(ids, DeviceOptions.at(edge.address("edge.mqtt.port")))
                        .get(CONNECT_SECONDS, TimeUnit.SECONDS);
    }

    @Override
    public String name() {
        return "lastmile";
    }

    @Override
    public Map<Figure, Long> pids() {
        return pids;
    }

    @Override
    public Latencies latencies() {
        return latencies;
    }

    @Override
    public void send(DeviceId device, Payload payload) {
        var _ = producer.post(device, payload, CONTENT_TYPE).whenComplete(this::answered);
    }

    private void answered(@Nullable Answer answer, @Nullable Throwable failure) {
        if (answer == null || !answer.accepted()) {
            refused.increment();
        }
    }

    @Override
    public long refused() {
        return refused.sum();
    }

    @Override
    public void close() {
        producer.close();
        devices.close();
    }
}
