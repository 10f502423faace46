package io.lastmile.bench.peer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A mosquitto that keeps nothing on disk and says nothing. */
public final class Mosquitto {
    private Mosquitto() {}

    /** Its path and version for a report; {@code none} for null. */
    public static String described(@Nullable Path program) {
        return Program.described(program, "-h");
    }

    /** Starts this program in a folder. */
    public static Broker start(Path program, Path folder) throws IOException {
        return Broker.start(
                "mosquitto",
                folder,
                (own, port) -> {
                    Path configuration = own.resolve("mosquitto.conf");
                    Files.write(
                            configuration,
                            List.of(
                                    "listener " + port + " 127.0.0.1",
                                    "allow_anonymous true",
                                    "persistence false",
                                    "set_tcp_nodelay true",
                                    "log_dest none",
                                    "user " + System.getProperty("user.name")));
                    return List.of(program.toString(), "-c", configuration.toString());
                });
    }
}
