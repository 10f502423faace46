package io.lastmile.process;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lastmile.bench.load.Fleet;
import io.lastmile.bench.load.Fleet.Arrival;
import io.lastmile.bench.load.Fleet.Visit;
import io.lastmile.bench.load.Ledger;
import io.lastmile.bench.load.ReceiptsReader;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.MessageId;
import io.lastmile.wire.Outcome;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * A load on a fleet of devices, kept in books: what is in the log of messages, what each device got
 * over which connection, and the receipts. Closed, they have to agree.
 */
final class Books implements AutoCloseable {
    private static final Duration WITHIN = Duration.ofSeconds(60);
    private static final Duration LOOK = Duration.ofMillis(100);

    /** An acknowledgement is in Kafka long before, unless the edge died with it. */
    private static final long UNCONFIRMED_NS = Duration.ofSeconds(5).toNanos();

    /** An edge died, or stood still until it was declared gone. */
    private record Strike(InetSocketAddress edge, long atNs, Set<Visit> open) {
        /** Given shortly before; or later, by one that stood still and does not know it yet. */
        boolean explains(Arrival arrival) {
            long agoNs = atNs - arrival.received().atNs();
            return edge.equals(arrival.visit().edge())
                    && agoNs <= UNCONFIRMED_NS
                    && (agoNs >= 0 || open.contains(arrival.visit()));
        }
    }

    private record Seen(DeviceId device, MessageId id) {}

    private final String bootstrap;
    private final String prefix;
    private final Ledger ledger = new Ledger();
    private final Map<Seen, List<Arrival>> arrivals = new HashMap<>(); // guarded by itself
    private final List<Strike> strikes = new ArrayList<>(); // guarded by the arrivals
    private final ReceiptsReader receipts;
    private final Fleet fleet;
    private final Load load;

    /**
     * Connects the devices and begins to post.
     *
     * @param name begins the devices' names
     */
    Books(
            String name,
            int devices,
            double perSecond,
            InetSocketAddress api,
            List<InetSocketAddress> edges,
            String bootstrap,
            String prefix) {
        this.bootstrap = bootstrap;
        this.prefix = prefix;
        List<DeviceId> ids =
                IntStream.range(0, devices).mapToObj(i -> new DeviceId(name + "-" + i)).toList();
        receipts = ReceiptsReader.into(ledger, bootstrap, prefix + "receipts");
        fleet = new Fleet(ids, edges, this::arrived);
        awaitConnected();
        load = new Load(api, ids, perSecond);
    }

    private void arrived(Arrival arrival) {
        MessageId id = arrival.received().id();
        if (id == null) {
            throw new IllegalStateException("MQTT 5 tells the id");
        }
        ledger.received(arrival.received());
        synchronized (arrivals) {
            arrivals.computeIfAbsent(
                            new Seen(arrival.visit().device(), id), seen -> new ArrayList<>())
                    .add(arrival);
        }
    }

    /**
     * An edge is dead now, or stands still: it may not have passed on what devices acknowledged.
     */
    void struck(InetSocketAddress edge) {
        synchronized (arrivals) {
            strikes.add(new Strike(edge, System.nanoTime(), fleet.visitsAt(edge)));
        }
    }

    /** The devices. */
    Fleet fleet() {
        return fleet;
    }

    /** How many PUBLISHes devices got at an edge. */
    long arrivedAt(InetSocketAddress edge) {
        synchronized (arrivals) {
            return arrivals.values().stream()
                    .flatMap(List::stream)
                    .filter(arrival -> arrival.visit().edge().equals(edge))
                    .count();
        }
    }

    /** Waits until every device is subscribed somewhere. */
    void awaitConnected() {
        await().atMost(WITHIN)
                .pollInterval(LOOK)
                .untilAsserted(() -> assertEquals(fleet.ids().size(), fleet.subscribed()));
    }

    /** Waits until everything that has been accepted by now has reached its device. */
    void awaitDelivered() {
        Set<MessageId> accepted = load.accepted();
        await().atMost(WITHIN)
                .pollInterval(LOOK)
                .untilAsserted(() -> {
                    Set<MessageId> missing = new HashSet<>(accepted);
                    missing.removeAll(received());
                    assertEquals(Set.of(), missing, "not received");
                });
    }

    /** Waits until everything is delivered that was accepted until each device had one more. */
    void awaitGrowth() {
        int before = load.accepted().size();
        await().atMost(WITHIN)
                .pollInterval(LOOK)
                .untilAsserted(
                        () -> assertTrue(load.accepted().size() >= before + fleet.ids().size()));
        awaitDelivered();
    }

    private Set<MessageId> received() {
        Set<MessageId> received = new HashSet<>();
        synchronized (arrivals) {
            arrivals.keySet().forEach(seen -> received.add(seen.id()));
        }
        return received;
    }

    /**
     * Stops the load and waits until all is settled: every message in the log delivered, in order,
     * with one receipt, and none twice without a reason.
     *
     * @return how many came twice, each with a reason
     */
    int settle() throws InterruptedException {
        load.stop();
        Set<String> devices = new HashSet<>();
        fleet.ids().forEach(id -> devices.add(id.value()));
        Map<MessageId, String> log = new HashMap<>();
        WholeTopic.messages(bootstrap, prefix + "messages")
                .forEach((id, device) -> {
                    if (devices.contains(device)) {
                        log.put(id, device);
                    }
                });
        Set<MessageId> lost = new HashSet<>(load.accepted());
        lost.removeAll(log.keySet());
        assertEquals(Set.of(), lost, "accepted and not in the log");
        assertTrue(log.size() >= fleet.ids().size(), "a load: " + log.size());
        log.forEach((id, device) -> ledger.accepted(id, new DeviceId(device)));
        await().atMost(WITHIN)
                .pollInterval(LOOK)
                .untilAsserted(() -> {
                    assertEquals(List.of(), ledger.missing(), "missing");
                    assertEquals(List.of(), ledger.notSettledOnce(), "without exactly one receipt");
                });
        for (MessageId id : log.keySet()) {
            assertEquals(List.of(Outcome.DELIVERED), ledger.outcomes(id), id.toString());
        }
        assertEquals(List.of(), ledger.misplaced(), "out of order");
        assertEquals(List.of(), unexplained(), "given twice without a reason");
        return ledger.duplicates().size();
    }

    /** How many posts were answered 202. */
    int accepted() {
        return load.accepted().size();
    }

    /** Posts that were not answered 202. */
    long refused() {
        return load.refused();
    }

    /** Given twice over one connection, or again though nothing had happened to the first edge. */
    private List<String> unexplained() {
        List<String> unexplained = new ArrayList<>();
        synchronized (arrivals) {
            arrivals.forEach((seen, all) -> {
                for (int i = 1; i < all.size(); i++) {
                    Arrival before = all.get(i - 1);
                    Arrival again = all.get(i);
                    if (before.visit().equals(again.visit()) || !mayBeUnconfirmed(before)) {
                        unexplained.add(seen + ": " + before.visit() + ", " + again.visit());
                    }
                }
            });
        }
        return unexplained;
    }

    private boolean mayBeUnconfirmed(Arrival arrival) {
        return strikes.stream().anyMatch(strike -> strike.explains(arrival));
    }

    @Override
    public void close() {
        load.close();
        fleet.close();
        receipts.close();
    }
}
