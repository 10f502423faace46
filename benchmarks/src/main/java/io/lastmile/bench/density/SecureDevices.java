package io.lastmile.bench.density;

import io.lastmile.bench.load.BareMqtt;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/** The same over TLS. One thread. */
final class SecureDevices implements Crowd {
    private static final int ANSWER_MS_MAX = 30_000;

    private final InetSocketAddress edge;
    private final SSLContext trusting;
    private final List<SSLSocket> open = new ArrayList<>();

    SecureDevices(InetSocketAddress edge, SSLContext trusting) {
        this.edge = edge;
        this.trusting = trusting;
    }

    @Override
    public void growTo(int count) throws IOException {
        while (open.size() < count) {
            SSLSocket socket = (SSLSocket) trusting.getSocketFactory().createSocket();
            open.add(socket);
            socket.setSoTimeout(ANSWER_MS_MAX);
            socket.connect(edge);
            String device = String.format("density-%012d", open.size());
            socket.getOutputStream().write(BareMqtt.connectAndSubscribe(device).array());
            BareMqtt.awaitSubscribed(socket.getInputStream());
        }
    }

    @Override
    public void close() throws IOException {
        for (SSLSocket socket : open) {
            socket.close();
        }
        open.clear();
    }
}
