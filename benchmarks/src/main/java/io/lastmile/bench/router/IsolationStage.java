package io.lastmile.bench.router;

import io.lastmile.bench.Figure;
import io.lastmile.bench.edge.DeviceGroup;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.Payload;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** What devices that never acknowledge, full inboxes and a stalled edge do to everybody else. */
final class IsolationStage {
    private static final int WINDOW_MESSAGES = 16;
    private static final int INBOX_MAX = 100;

    /** Large, so that a window of each device is more than all buffers of a hop. */
    private static final int UNREAD_PAYLOAD_BYTES = 8 << 10;

    private final RouterBed bed;
    private final Random filler = new Random(4);

    IsolationStage(RouterBed bed) {
        this.bed = bed;
    }

    void run(Map<Figure, Double> figures) throws Exception {
        bed.say("warm-up, trickle: " + bed.trickle().phase());
        Arrivals.Seen alone = bed.trickle().phase();
        figures.put(Figure.ISOLATED_P50, alone.p50Ms());
        figures.put(Figure.ISOLATED_P99, alone.p99Ms());
        bed.say("alone: " + alone);

        bed.edge().open(bed.silent());
        bed.edge().awaitConfirmed();
        fill(bed.silent(), WINDOW_MESSAGES);
        Arrivals.Seen unacked = disturbedBy(bed.silent(), bed.options().payloadBytes());
        figures.put(Figure.UNACKED_P99, unacked.p99Ms());
        bed.say("beside devices that never acknowledge: " + unacked);

        fill(bed.silent(), INBOX_MAX - WINDOW_MESSAGES);
        Arrivals.Seen capped = disturbedBy(bed.silent(), bed.options().payloadBytes());
        figures.put(Figure.INBOX_CAP_P99, capped.p99Ms());
        bed.say("beside inboxes that overflow: " + capped);
        bed.edge().close(bed.silent());

        bed.stalling().open(bed.unread());
        bed.stalling().awaitConfirmed();
        bed.positions().awaitCommitted();
        bed.stalling().stopReading();
        Arrivals.Seen stalled = disturbedBy(bed.unread(), UNREAD_PAYLOAD_BYTES);
        figures.put(Figure.STALLED_EDGE_P99, stalled.p99Ms());
        bed.say("beside an edge that has stopped reading: " + stalled);
        bed.stalling().readAgain();
        bed.stalling().close(bed.unread());
        double worst = Math.max(unacked.p99Ms(), Math.max(capped.p99Ms(), stalled.p99Ms()));
        figures.put(Figure.ISOLATION_RATIO, worst / alone.p99Ms());
    }

    private void fill(DeviceGroup group, int messages) {
        bed.producer().sendToEach(group, messages, bed.options().payloadBytes());
        bed.positions().awaitCommitted();
    }

    /** The trickle while messages flow, as many a second, to devices that do not take them. */
    private Arrivals.Seen disturbedBy(DeviceGroup group, int payloadBytes) throws Exception {
        List<DeviceId> devices = group.sample(group.count());
        byte[] bytes = new byte[payloadBytes];
        filler.nextBytes(bytes);
        Payload payload = Payload.of(bytes);
        try (var _ =
                new Flow(bed.producer(), devices, bed.options().ratePerSecond(), due -> payload)) {
            return bed.trickle().phase();
        }
    }
}
