package io.lastmile.bench.stadium;

import io.lastmile.bench.load.NumberedPayload;
import io.lastmile.bench.process.Deployment;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * What nothing can be much faster than: a process that holds sockets, writes a PUBLISH to each when
 * it is told to, and counts what comes back. It knows of MQTT what its devices need to notice no
 * difference, and has as many threads as an edge.
 */
public final class BareServer {
    private static final int BACKLOG = 4_096;
    private static final int ACKNOWLEDGED_WITHIN_MINUTES = 2;

    private final List<BareLoop> loops = new ArrayList<>();

    private BareServer(NumberedPayload payload, int devices, int threads) throws IOException {
        for (int i = 0; i < threads; i++) {
            BareLoop loop = new BareLoop(payload, devices);
            loops.add(loop);
            Thread.ofPlatform().name("sockets").daemon().start(loop);
        }
    }

    /**
     * Listens, and obeys.
     *
     * @param args port of the orders, port to listen on, bytes of a payload, how many devices there
     *     are in all crowds
     */
    public static void main(String[] args) throws IOException {
        var payload = new NumberedPayload(Integer.parseInt(args[2]));
        int threads = Deployment.loopsAmongOthers(); // as an edge has
        BareServer server = new BareServer(payload, Integer.parseInt(args[3]), threads);
        try (ServerSocketChannel listening = ServerSocketChannel.open()) {
            int port = Integer.parseInt(args[1]);
            listening.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), BACKLOG);
            Thread.ofPlatform().name("accept").daemon().start(() -> server.accept(listening));
            Orders.obey(Integer.parseInt(args[0]), server::obey);
        }
    }

    private void accept(ServerSocketChannel listening) {
        try {
            for (int i = 0; listening.isOpen(); i++) {
                SocketChannel channel = listening.accept();
                loops.get(i % loops.size()).arrived(channel);
            }
        } catch (IOException e) {
            throw new IllegalStateException("nobody can connect any more", e);
        }
    }

    private void obey(Order order, int number, DataOutputStream answer) throws Exception {
        if (order != Order.FAN_OUT) {
            throw new IllegalArgumentException("a server only sends");
        }
        List<Future<Integer>> acknowledged = new ArrayList<>();
        for (BareLoop loop : loops) {
            acknowledged.add(loop.fanOut(number));
        }
        int sum = 0;
        for (Future<Integer> each : acknowledged) {
            sum += each.get(ACKNOWLEDGED_WITHIN_MINUTES, TimeUnit.MINUTES);
        }
        answer.writeInt(sum);
    }
}
