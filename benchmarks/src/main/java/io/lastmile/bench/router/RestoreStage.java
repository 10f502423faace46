package io.lastmile.bench.router;

import io.lastmile.bench.Figure;
import io.lastmile.bench.Stamp;
import io.lastmile.bench.load.Until;
import io.lastmile.bench.process.CommandRun;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.Partitions;
import io.lastmile.wire.record.Topic;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.Scanner;

/** How long a router that was killed takes to be back, beside a plain read of the same topics. */
final class RestoreStage {
    private final RouterBed bed;

    RestoreStage(RouterBed bed) {
        this.bed = bed;
    }

    void run(Map<Figure, Double> figures) {
        bareRead(figures);
        bed.say("kill -9 of the router");
        bed.router().kill();
        int probes = sendProbes();
        long startNs = System.nanoTime();
        bed.router().launch();
        Arrivals arrivals = bed.trickle().arrivals();
        Until.holds(
                "a message reaches a device of every partition",
                RouterBed.PATIENCE,
                () -> {
                    if (!bed.router().isAlive()) {
                        throw new IllegalStateException(
                                "the router died: " + bed.router().output());
                    }
                    return arrivals.count() >= probes;
                });
        long backNs = arrivals.lastAtNs();
        long nowMs = System.currentTimeMillis();
        long backMs = nowMs - (System.nanoTime() - backNs) / 1_000_000;
        ClaimLines claims = ClaimLines.in(bed.router().output());
        figures.put(Figure.RESTART, (backNs - startNs) / 1e6);
        figures.put(Figure.RESTORE, (double) (backMs - claims.firstBeganMs()));
        figures.put(Figure.CLAIMS, (double) (claims.lastEndedMs() - claims.firstBeganMs()));
        figures.put(Figure.RESTORED_RECORDS, (double) claims.records());
        figures.put(Figure.RESTORED_PARKED, (double) claims.parked());
        figures.put(Figure.RESTORED_ONLINE, (double) claims.online());
        bed.say("back: " + claims);
        bed.awaitOwned();
        bed.positions().awaitCommitted();
    }

    private void bareRead(Map<Figure, Double> figures) {
        CommandRun run =
                CommandRun.ofMain(
                        bed.java(),
                        BareRead.class,
                        RouterBed.PATIENCE,
                        bed.kafka().bootstrap(),
                        bed.kafka().topic(Topic.INBOX),
                        bed.kafka().topic(Topic.PRESENCE),
                        bed.kafka().topic(Topic.MEMBERS));
        if (run.exitCode() != 0) {
            throw new IllegalStateException("the plain read failed: " + run.errors());
        }
        Scanner said = new Scanner(run.output());
        long records = said.nextLong();
        long ms = said.nextLong();
        figures.put(Figure.BARE_READ_RECORDS, (double) records);
        figures.put(Figure.BARE_READ, (double) ms);
        bed.say("a plain consumer reads " + records + " records in " + ms + " ms");
    }

    /** One message to one online device of each partition that has any: how many. */
    private int sendProbes() {
        Map<Integer, DeviceId> byPartition = new HashMap<>();
        for (int i = 0; i < bed.online().count(); i++) {
            DeviceId device = bed.online().id(i);
            byPartition.putIfAbsent(Partitions.of(device, bed.options().partitions()), device);
            if (byPartition.size() == bed.options().partitions()) {
                break;
            }
        }
        long nowNs = System.nanoTime();
        int phase = bed.trickle().arrivals().begin(nowNs);
        Random filler = new Random(3);
        byPartition
                .values()
                .forEach(device ->
                        bed.producer()
                                .send(
                                        device,
                                        new Stamp(phase, nowNs).payload(Stamp.BYTES, filler)));
        return byPartition.size();
    }
}
