package io.lastmile.bench.load;

import io.lastmile.bench.load.Fleet.Arrival;
import io.lastmile.bench.load.Fleet.Visit;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.MessageId;
import io.lastmile.wire.Outcome;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * A load on a fleet of devices, kept in books: what is in the log of messages, what each device got
 * over which connection, and the receipts. Closed, they have to agree.
 */
public final class Books implements AutoCloseable {
    private static final Duration WITHIN = Duration.ofMinutes(2);
    private static final Duration LOOK = Duration.ofMillis(100);
    private static final int SHOWN_MAX = 10;

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
    public Books(
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
    public void struck(InetSocketAddress edge) {
        synchronized (arrivals) {
            strikes.add(new Strike(edge, System.nanoTime(), fleet.visitsAt(edge)));
        }
    }

    /** The devices. */
    public Fleet fleet() {
        return fleet;
    }

    /** How many PUBLISHes devices got at an edge. */
    public long arrivedAt(InetSocketAddress edge) {
        synchronized (arrivals) {
            return arrivals.values().stream()
                    .flatMap(List::stream)
                    .filter(arrival -> arrival.visit().edge().equals(edge))
                    .count();
        }
    }

    /** Waits until every device is subscribed somewhere. */
    public void awaitConnected() {
        Until.holds(
                "every device is subscribed",
                WITHIN,
                () -> fleet.subscribed() == fleet.ids().size());
    }

    /** Waits until everything that has been accepted by now has reached its device. */
    public void awaitDelivered() {
        Set<MessageId> accepted = load.accepted();
        awaitNone(
                "not received",
                () -> {
                    Set<MessageId> missing = new HashSet<>(accepted);
                    missing.removeAll(received());
                    return missing;
                });
    }

    /** Waits until everything is delivered that was accepted until each device had one more. */
    public void awaitGrowth() {
        int before = load.accepted().size();
        Until.holds(
                "as many more are accepted as there are devices",
                WITHIN,
                () -> load.accepted().size() >= before + fleet.ids().size());
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
     * @throws IllegalStateException where anything is wrong
     */
    public int settle() throws InterruptedException {
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
        none("accepted and not in the log", lost);
        if (log.size() < fleet.ids().size()) {
            throw new IllegalStateException("no load: " + log.size() + " in the log");
        }
        log.forEach((id, device) -> ledger.accepted(id, new DeviceId(device)));
        awaitNone("missing", ledger::missing);
        awaitNone("without exactly one receipt", ledger::notSettledOnce);
        none("not delivered", notDelivered(log.keySet()));
        none("out of order", ledger.misplaced());
        none("given twice without a reason", unexplained());
        return ledger.duplicates().size();
    }

    private List<MessageId> notDelivered(Set<MessageId> ids) {
        List<Outcome> delivered = List.of(Outcome.DELIVERED);
        return ids.stream().filter(id -> !ledger.outcomes(id).equals(delivered)).toList();
    }

    private static void awaitNone(String what, Supplier<? extends Collection<?>> wrong) {
        long endNs = System.nanoTime() + WITHIN.toNanos();
        while (System.nanoTime() - endNs < 0 && !wrong.get().isEmpty()) {
            Until.passed(LOOK);
        }
        none(what, wrong.get());
    }

    private static void none(String what, Collection<?> wrong) {
        if (!wrong.isEmpty()) {
            throw new IllegalStateException(
                    wrong.size() + " " + what + ": " + wrong.stream().limit(SHOWN_MAX).toList());
        }
    }

    /** How many posts were answered 202. */
    public int accepted() {
        return load.accepted().size();
    }

    /** Posts that were not answered 202. */
    public long refused() {
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
