package io.lastmile.bench.router;

import io.lastmile.bench.Stamp;
import io.lastmile.bench.edge.DeviceGroup;
import io.lastmile.bench.load.Pace;
import io.lastmile.bench.load.Until;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.hop.HopFrame.Deliver;
import java.time.Duration;
import java.util.List;
import java.util.Random;

/**
 * A steady trickle to devices that behave well, and when it reaches them: what others do to it is
 * what is measured.
 */
final class Trickle {
    private static final int DEVICES = 1_000;
    private static final Duration LAST_ARRIVALS = Duration.ofMinutes(2);

    private final MessageProducer producer;
    private final List<DeviceId> devices;
    private final RouterOptions options;
    private final Arrivals arrivals = new Arrivals();
    private final Random filler = new Random(2);

    /** What is done while a phase is measured. */
    @FunctionalInterface
    interface Meanwhile {
        void run() throws Exception;
    }

    Trickle(MessageProducer producer, DeviceGroup group, RouterOptions options) {
        this.producer = producer;
        this.devices = group.sample(DEVICES);
        this.options = options;
    }

    Arrivals arrivals() {
        return arrivals;
    }

    /** A device was given a message of it. */
    void delivered(Deliver frame) {
        long nowNs = System.nanoTime();
        arrivals.arrived(Stamp.of(frame.message().payload().bytes()), nowNs);
    }

    /** Measures for the seconds of a phase. */
    Arrivals.Seen phase() throws Exception {
        return during(this::phaseSeconds);
    }

    /** Waits for the seconds of a phase. */
    void phaseSeconds() {
        long start = System.nanoTime();
        new Pace(start, 1.0 / options.phaseSeconds()).awaitDue(1);
    }

    /** Measures as long as something is done, and until everything that was sent has arrived. */
    Arrivals.Seen during(Meanwhile meanwhile) throws Exception {
        int number = arrivals.begin(System.nanoTime());
        Flow flow =
                new Flow(
                        producer,
                        devices,
                        options.ratePerSecond(),
                        dueNs -> new Stamp(number, dueNs).payload(options.payloadBytes(), filler));
        try (flow) {
            meanwhile.run();
        }
        Until.holds(
                "the last of the trickle arrives",
                LAST_ARRIVALS,
                () -> arrivals.count() >= flow.sent());
        return arrivals.seen();
    }
}
