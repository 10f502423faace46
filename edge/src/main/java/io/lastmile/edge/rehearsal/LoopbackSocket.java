package io.lastmile.edge.rehearsal;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;

/** Sockets to this process itself. */
final class LoopbackSocket {
    private static final int PATIENCE_MS = 2_000;

    private LoopbackSocket() {}

    /**
     * A connected socket, on which nothing is waited for for long and nothing sent is held back.
     */
    static Socket open(int port) throws IOException {
        Socket socket = new Socket();
        try {
            socket.connect(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), port), PATIENCE_MS);
            socket.setSoTimeout(PATIENCE_MS);
            socket.setTcpNoDelay(true);
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }
}
