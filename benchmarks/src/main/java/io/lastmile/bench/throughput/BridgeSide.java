package io.lastmile.bench.throughput;

import io.lastmile.bench.Figure;
import io.lastmile.bench.load.AckingDevices;
import io.lastmile.bench.peer.Bridge;
import io.lastmile.bench.peer.Broker;
import io.lastmile.bench.peer.Mosquitto;
import io.lastmile.bench.process.OtherProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A plain producer, a plain consumer that publishes to mosquitto, PUBACK at the device. */
final class BridgeSide extends PlainSide {
    private static final String TOPIC = "bench.bridge";

    private final Broker mosquitto;
    private final OtherProcess bridge;
    private final Map<Figure, Long> pids;
    private @Nullable AckingDevices devices;

    BridgeSide(LoadOptions options, Bed bed, Path program, Path folder) throws Exception {
        super(options, bed.bootstrap(), TOPIC);
        mosquitto = Mosquitto.start(program, folder);
        bridge =
                OtherProcess.ofMain(
                        bed.java(),
                        Bridge.class,
                        folder.resolve("bridge.out"),
                        bed.bootstrap(),
                        TOPIC,
                        Integer.toString(mosquitto.address().getPort()));
        pids =
                Map.of(
                        Figure.BRIDGE_KAFKA_CPU, bed.kafka().pid(),
                        Figure.BRIDGE_CPU, bridge.pid(),
                        Figure.BRIDGE_MOSQUITTO_CPU, mosquitto.pid(),
                        Figure.BRIDGE_CLIENT_CPU, ProcessHandle.current().pid());
    }

    @Override
    public String name() {
        return "bridge";
    }

    @Override
    public Figure rate() {
        return Figure.BRIDGE_THROUGHPUT;
    }

    @Override
    public Map<Figure, Long> pids() {
        return pids;
    }

    @Override
    public void connect() throws IOException {
        devices =
                new AckingDevices(
                        mosquitto.address(),
                        name -> "inbox/" + name,
                        options.devices(),
                        1,
                        this::arrived);
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
        bridge.close();
        mosquitto.close();
        super.close();
    }
}
