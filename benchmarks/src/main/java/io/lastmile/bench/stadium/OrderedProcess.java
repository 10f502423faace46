package io.lastmile.bench.stadium;

import io.lastmile.bench.process.JavaLaunch;
import io.lastmile.bench.process.OtherProcess;
import io.lastmile.bench.process.ProcessFailedException;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A main class of ours in a process of its own, which does as it is told. One thread. */
final class OrderedProcess implements AutoCloseable {
    private static final int STARTED_WITHIN_MS = (int) Duration.ofSeconds(60).toMillis();
    private static final int ANSWERED_WITHIN_MS = (int) Duration.ofMinutes(5).toMillis();
    private static final int BACKLOG = 1;

    private final Path output;
    private final OtherProcess process;
    private final Socket socket;
    private final DataInputStream in;
    private final DataOutputStream out;

    private OrderedProcess(Path output, OtherProcess process, Socket socket) throws IOException {
        this.output = output;
        this.process = process;
        this.socket = socket;
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(ANSWERED_WITHIN_MS);
        in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
        out = new DataOutputStream(new BufferedOutputStream(socket.getOutputStream()));
    }

    /**
     * Starts it, and waits until it is ready for orders.
     *
     * @param output a file for what it prints, of its name
     * @param arguments behind the first one, which is the port that its orders come from
     */
    static OrderedProcess start(JavaLaunch java, Class<?> main, Path output, int... arguments)
            throws IOException {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        try (ServerSocket server = new ServerSocket(0, BACKLOG, loopback)) {
            server.setSoTimeout(STARTED_WITHIN_MS);
            List<String> all = new ArrayList<>();
            all.add(Integer.toString(server.getLocalPort()));
            Arrays.stream(arguments).mapToObj(Integer::toString).forEach(all::add);
            OtherProcess process =
                    OtherProcess.ofMain(java, main, output, all.toArray(String[]::new));
            try {
                return new OrderedProcess(output, process, server.accept());
            } catch (IOException e) {
                process.close();
                throw new ProcessFailedException("no process of ours starts, see " + output, e);
            }
        }
    }

    long pid() {
        return process.pid();
    }

    /** Tells it to do something; {@link #answer} waits for the end of that. */
    void order(Order order, int number) throws IOException {
        out.writeUTF(order.name());
        out.writeInt(number);
        out.flush();
    }

    /** Waits until it has done so; what it says of it is to be read. */
    DataInputStream answer() throws IOException {
        if (!in.readBoolean()) {
            throw new ProcessFailedException(in.readUTF() + ", says the process of " + output);
        }
        return in;
    }

    @Override
    public void close() throws IOException {
        process.close();
        socket.close();
    }
}
