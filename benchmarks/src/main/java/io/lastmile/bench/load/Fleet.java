package io.lastmile.bench.load;

import io.lastmile.wire.DeviceId;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Devices that stay connected: one that loses its connection comes again, to the next edge in line.
 * They are spread over the edges and acknowledge at once.
 */
public final class Fleet implements AutoCloseable {
    private static final long PAUSE_MS = 100;
    private static final int THREADS = 1;

    /**
     * One connection of a device.
     *
     * @param number of the device's connections, from 0
     */
    public record Visit(DeviceId device, InetSocketAddress edge, int number) {}

    /** A PUBLISH, and over which connection it came. */
    public record Arrival(Visit visit, Received received) {}

    private final List<DeviceId> ids;
    private final List<InetSocketAddress> edges;
    private final Consumer<Arrival> arrived;
    private final Devices devices = new Devices(THREADS, received -> {});
    private final Map<DeviceId, Visit> subscribed = new ConcurrentHashMap<>();
    private final ScheduledExecutorService timer =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().name("fleet").daemon().factory());
    private volatile boolean closed;

    /**
     * Connects all of them; {@link #subscribed} tells how far that is.
     *
     * @param arrived told every PUBLISH, on the connections' thread
     */
    public Fleet(List<DeviceId> ids, List<InetSocketAddress> edges, Consumer<Arrival> arrived) {
        this.ids = List.copyOf(ids);
        this.edges = List.copyOf(edges);
        this.arrived = arrived;
        for (int i = 0; i < ids.size(); i++) {
            visit(i, 0);
        }
    }

    private void visit(int i, int number) {
        if (closed) {
            return;
        }
        DeviceId id = ids.get(i);
        Visit visit = new Visit(id, edges.get((i + number) % edges.size()), number);
        Device device =
                devices.connect(
                        id,
                        DeviceOptions.at(visit.edge),
                        received -> arrived.accept(new Arrival(visit, received)));
        var _ = device.subscribed().thenRun(() -> subscribed.put(id, visit));
        var _ =
                device.closed()
                        .thenRun(() -> {
                            subscribed.remove(id, visit);
                            comeAgain(i, number + 1);
                        });
    }

    private void comeAgain(int i, int number) {
        if (!closed) {
            var _ = timer.schedule(() -> visit(i, number), PAUSE_MS, TimeUnit.MILLISECONDS);
        }
    }

    /** All of them. */
    public List<DeviceId> ids() {
        return ids;
    }

    /** Who is subscribed now. */
    public int subscribed() {
        return subscribed.size();
    }

    /** Who is subscribed at an edge now. */
    public Set<DeviceId> subscribedAt(InetSocketAddress edge) {
        return visitsAt(edge).stream().map(Visit::device).collect(Collectors.toSet());
    }

    /** Over which connections devices are subscribed at an edge now. */
    public Set<Visit> visitsAt(InetSocketAddress edge) {
        return subscribed.values().stream()
                .filter(visit -> visit.edge.equals(edge))
                .collect(Collectors.toSet());
    }

    /** Closes every connection without a DISCONNECT. */
    @Override
    public void close() {
        closed = true;
        timer.shutdownNow();
        devices.close();
    }
}
