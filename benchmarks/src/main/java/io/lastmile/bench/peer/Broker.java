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

/** A broker of MQTT that is not ours, as a process of its own, to compare with. */
public final class Broker implements AutoCloseable {
    private static final Duration READY_WITHIN = Duration.ofSeconds(60);

    private final String name;
    private final OtherProcess process;
    private final InetSocketAddress address;

    /** Writes what a broker is to be told into its folder and says how it is started. */
    @FunctionalInterface
    interface Setup {
        List<String> commandLine(Path folder, int port) throws IOException;
    }

    private Broker(String name, Path folder, int port, List<String> words) {
        this.name = name;
        address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        process = new OtherProcess(folder.resolve(name + ".out"), words);
    }

    /** Starts it in a folder, with a port of its own, and waits until it listens. */
    static Broker start(String name, Path folder, Setup setup) throws IOException {
        Path absolute = folder.toAbsolutePath();
        Files.createDirectories(absolute);
        int port = FreePorts.next();
        Broker broker = new Broker(name, absolute, port, setup.commandLine(absolute, port));
        try {
            Until.holds(name + " listens", READY_WITHIN, broker::listens);
        } catch (IllegalStateException e) {
            broker.close();
            throw e;
        }
        return broker;
    }

    /** What it is called. */
    public String name() {
        return name;
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
