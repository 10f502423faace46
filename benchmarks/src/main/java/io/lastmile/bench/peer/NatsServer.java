package io.lastmile.bench.peer;

import io.lastmile.bench.process.FreePorts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A NATS server that speaks MQTT 3.1.1; what it is published at QoS 1 it keeps in JetStream. */
public final class NatsServer {
    private NatsServer() {}

    /** Its path and version for a report; {@code none} for null. */
    public static String described(@Nullable Path program) {
        return Program.described(program, "--version");
    }

    /** Starts this program in a folder. */
    public static Broker start(Path program, Path folder) throws IOException {
        return Broker.start(
                "nats",
                folder,
                (own, port) -> {
                    Path configuration = own.resolve("nats.conf");
                    Files.write(
                            configuration,
                            List.of(
                                    "server_name: bench",
                                    "listen: 127.0.0.1:" + FreePorts.next(),
                                    "jetstream { store_dir: \"" + own.resolve("data") + "\" }",
                                    "mqtt { host: 127.0.0.1, port: " + port + " }"));
                    return List.of(program.toString(), "-c", configuration.toString());
                });
    }
}
