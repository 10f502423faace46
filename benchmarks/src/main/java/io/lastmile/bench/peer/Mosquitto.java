package io.lastmile.bench.peer;

import io.lastmile.bench.load.Until;
import io.lastmile.bench.process.FreePorts;
import io.lastmile.bench.process.OtherProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** A mosquitto that keeps nothing on disk and says nothing, as a process of its own. */
public final class Mosquitto implements AutoCloseable {
    private static final Duration READY_WITHIN = Duration.ofSeconds(10);

    private final OtherProcess process;
    private final InetSocketAddress address;

    /** Starts it in a folder and waits until it listens. */
    public Mosquitto(Path program, Path folder) throws IOException {
        Files.createDirectories(folder);
        int port = FreePorts.next();
        address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        Path configuration = folder.resolve("mosquitto.conf");
        Files.write(
                configuration,
                List.of(
                        "listener " + port + " 127.0.0.1",
                        "allow_anonymous true",
                        "persistence false",
                        "set_tcp_nodelay true",
                        "log_dest none",
                        "user " + System.getProperty("user.name")));
        process =
                new OtherProcess(
                        folder.resolve("mosquitto.out"),
                        List.of(program.toString(), "-c", configuration.toString()));
        Until.holds("mosquitto listens", READY_WITHIN, this::listens);
    }

    /** The id of its process. */
    public long pid() {
        return process.pid();
    }

    /** Where it listens. */
    public InetSocketAddress address() {
        return address;
    }

    private boolean listens() {
        try (Socket socket = new Socket()) {
            socket.connect(address);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void close() {
        process.close();
    }
}
