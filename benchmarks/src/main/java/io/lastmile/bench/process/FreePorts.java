package io.lastmile.bench.process;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports that nobody listens on, below those that the system gives to outgoing connections: a server
 * that is killed finds its port free when it starts again.
 */
public final class FreePorts {
    private static final int FIRST = 12_000;
    private static final int END = 32_000;
    private static final int ATTEMPTS_MAX = 1_000;

    private static final Set<Integer> TAKEN = new HashSet<>(); // guarded by itself

    private FreePorts() {}

    /** A port that this process has not given out before. */
    public static int next() {
        synchronized (TAKEN) {
            for (int attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
                int port = ThreadLocalRandom.current().nextInt(FIRST, END);
                if (!TAKEN.contains(port) && isFree(port)) {
                    TAKEN.add(port);
                    return port;
                }
            }
        }
        throw new IllegalStateException("no free port from " + FIRST + " to " + END);
    }

    /** Whether nobody listens there on the loopback interface. */
    static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
