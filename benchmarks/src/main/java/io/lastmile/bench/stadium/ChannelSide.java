package io.lastmile.bench.stadium;

import com.fasterxml.jackson.databind.JsonNode;
import io.lastmile.bench.Figure;
import io.lastmile.bench.load.Arrivals;
import io.lastmile.bench.load.ChannelCalls;
import io.lastmile.bench.load.NumberedPayload;
import io.lastmile.bench.load.Until;
import io.lastmile.wire.BroadcastId;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;

/** One broadcast to a channel that all devices are in, through the same Lastmile. One thread. */
final class ChannelSide implements Side {
    private static final Duration JOINED_WITHIN = Duration.ofMinutes(5);
    private static final Duration COUNTED_WITHIN = Duration.ofSeconds(30);
    private static final Duration LOOK = Duration.ofMillis(50);
    private static final double NS_OF_MS = 1e6;

    private final StadiumOptions options;
    private final StadiumBed bed;
    private final Crowds crowds;
    private final LastmileSide singles;
    private final ChannelCalls channel;
    private final NumberedPayload payload;
    private long lost;

    /**
     * Of a Lastmile.
     *
     * @param singles the side that has its readers of Kafka
     */
    ChannelSide(StadiumOptions options, StadiumBed bed, Crowds crowds, LastmileSide singles) {
        this.options = options;
        this.bed = bed;
        this.crowds = crowds;
        this.singles = singles;
        channel = new ChannelCalls(bed.api().address("api.port"), "stadium");
        payload = new NumberedPayload(options.payloadBytes());
    }

    /** Has all devices join, and waits until all owners have committed it. */
    Map<Figure, Double> join() throws Exception {
        long beganNs = System.nanoTime();
        channel.join(options.devices());
        singles.awaitCommitted();
        long tookNs = System.nanoTime() - beganNs;
        Until.holds(
                "all are members",
                JOINED_WITHIN,
                () -> {
                    Until.passed(LOOK);
                    return channel.members() == options.devices();
                });
        Map<Figure, Double> figures = new EnumMap<>(Figure.class);
        figures.put(Figure.JOIN_SECONDS, tookNs / 1e9);
        return figures;
    }

    @Override
    public String name() {
        return "channel";
    }

    @Override
    public void connect() throws IOException {
        singles.connect();
    }

    @Override
    public Map<Figure, Double> wave(int number) throws Exception {
        crowds.expectBroadcast(number);
        CopyReceipts receipts = singles.copies();
        receipts.expect();
        ProcessorUs before = ProcessorUs.now(bed, crowds);
        long postedNs = System.nanoTime();
        BroadcastId id =
                channel.broadcast(payload.of(NumberOf.broadcast(number, options.devices())));
        long acceptedNs = System.nanoTime();
        Arrivals.await(() -> receipts.delivered() == options.devices());
        ProcessorUs spent = ProcessorUs.now(bed, crowds).minus(before);
        singles.awaitCommitted();
        JsonNode standing = awaitComplete(id);
        Times times = crowds.times(acceptedNs);
        long counted = standing.path("byOutcome").path("delivered").asLong();
        if (counted != receipts.delivered() || !standing.path("complete").asBoolean()) {
            throw new IllegalStateException(
                    "%,d receipts, but %s".formatted(receipts.delivered(), standing));
        }
        long reached = Math.min(counted, times.count());
        lost += options.devices() - reached;
        Map<Figure, Double> figures = new EnumMap<>(Figure.class);
        figures.put(Figure.DEVICES, (double) reached);
        figures.put(Figure.BROADCAST_ACCEPTED, (acceptedNs - postedNs) / NS_OF_MS);
        figures.put(Figure.BROADCAST_MARKED, markedMs(standing));
        figures.put(Figure.BROADCAST_P50, times.percentileMs(50));
        figures.put(Figure.BROADCAST_P99, times.percentileMs(99));
        figures.put(Figure.BROADCAST_LAST, times.percentileMs(100));
        figures.put(Figure.BROADCAST_SETTLED, (receipts.latestNs() - acceptedNs) / NS_OF_MS);
        double devices = options.devices();
        figures.put(Figure.COPY_API_CPU, spent.api() / devices);
        figures.put(Figure.COPY_KAFKA_CPU, spent.kafka() / devices);
        figures.put(Figure.COPY_ROUTER_CPU, spent.router() / devices);
        figures.put(Figure.COPY_EDGE_CPU, spent.edges() / devices);
        figures.put(Figure.COPY_CLIENT_CPU, spent.client() / devices);
        return figures;
    }

    /** How the API counts it, once every owner is heard of and has committed it. */
    private JsonNode awaitComplete(BroadcastId id) throws Exception {
        long endNs = System.nanoTime() + COUNTED_WITHIN.toNanos();
        while (true) {
            try {
                JsonNode standing = channel.standing(id);
                if (standing.path("complete").asBoolean() || System.nanoTime() > endNs) {
                    return standing;
                }
            } catch (IOException e) { // an owner does not answer in time
                if (System.nanoTime() > endNs) {
                    throw e;
                }
            }
            Until.passed(LOOK);
        }
    }

    /** From when Kafka had it until the last owner has read its mark, by their clocks. */
    private static double markedMs(JsonNode standing) {
        Instant accepted = Instant.parse(standing.path("acceptedAt").asText());
        Instant last = accepted;
        for (JsonNode partition : standing.path("partitions")) {
            Instant routed = Instant.parse(partition.path("routedAt").asText());
            last = routed.isAfter(last) ? routed : last;
        }
        return Duration.between(accepted, last).toMillis();
    }

    @Override
    public void leave() throws IOException {
        singles.leave();
    }

    /** Of all waves: devices that were not given it, or have no receipt. */
    long lost() {
        return lost;
    }

    /** Of all waves: second receipts. */
    long surplusReceipts() {
        return singles.copies().surplus();
    }

    @Override
    public void close() {
        channel.close();
    }
}
