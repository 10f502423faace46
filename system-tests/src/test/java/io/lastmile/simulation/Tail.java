package io.lastmile.simulation;

import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** A process's consumer of one log: polls, and hands on what it got, while it is wanted. */
final class Tail<T> {
    private final SimulatedProcess process;
    private final SimulatedLog<T> log;
    private final BooleanSupplier stillNeeded;
    private final BooleanSupplier ready;
    private final Consumer<SimulatedLog.Batch<T>> take;
    private final Runnable gap;
    private long position;

    /**
     * A consumer.
     *
     * @param stillNeeded false ends it
     * @param ready false pauses it
     * @param gap retention took what it would have read next
     */
    Tail(
            SimulatedProcess process,
            SimulatedLog<T> log,
            long position,
            BooleanSupplier stillNeeded,
            BooleanSupplier ready,
            Consumer<SimulatedLog.Batch<T>> take,
            Runnable gap) {
        this.process = process;
        this.log = log;
        this.position = position;
        this.stillNeeded = stillNeeded;
        this.ready = ready;
        this.take = take;
        this.gap = gap;
    }

    /** The next offset to be read. */
    long position() {
        return position;
    }

    void poll() {
        boolean lagging = process.world.chance.percent(1);
        process.world.kafka.eventually(
                lagging ? 100 : 3, lagging ? 2_000 : 40, process.here(this::polled));
    }

    private void polled() {
        if (!stillNeeded.getAsBoolean()) {
            return;
        }
        if (position < log.start()) {
            gap.run();
            return;
        }
        if (ready.getAsBoolean()) {
            SimulatedLog.Batch<T> batch = log.read(position, process.world.chance.count(1, 20));
            if (batch.nextOffset() > position) {
                position = batch.nextOffset();
                take.accept(batch);
            }
        }
        poll();
    }
}
