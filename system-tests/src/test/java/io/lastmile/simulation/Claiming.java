package io.lastmile.simulation;

import io.lastmile.router.heart.Restored;
import io.lastmile.simulation.PartitionLogs.InboxNote;
import io.lastmile.simulation.TransactionCoordinator.Answer;
import io.lastmile.simulation.TransactionCoordinator.Append;
import io.lastmile.simulation.TransactionCoordinator.Producer;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * How an owner takes a partition: fence, write and commit the claim, read the inbox past it,
 * presence to its end, ask where events end, read nodes to its end.
 */
final class Claiming {
    private final SimulatedRouter router;
    private final World world;
    private final PartitionLogs logs;
    private final UnaryOperator<Runnable> here;
    private final Runnable prepared;
    private final Consumer<Claimed> claimed;
    private final Runnable failed;
    private final Restore restore;

    /** All that an owner begins with. */
    record Claimed(Producer producer, long epoch, Restored restored) {}

    /**
     * A claim.
     *
     * @param here makes an action one that is done only while the claim is wanted
     * @param prepared asks for the word that it may fence
     */
    Claiming(
            SimulatedRouter router,
            PartitionLogs logs,
            UnaryOperator<Runnable> here,
            Runnable prepared,
            Consumer<Claimed> claimed,
            Runnable failed) {
        this.router = router;
        this.world = router.world;
        this.logs = logs;
        this.here = here;
        this.prepared = prepared;
        this.claimed = claimed;
        this.failed = failed;
        this.restore =
                new Restore(logs, world.figures, world.has(Mutant.REMEMBERED_ENDING_IS_LOST));
    }

    /** Some is read while another may still own the partition, the rest after the claim. */
    void begin() {
        for (int i = world.chance.count(0, 3); i > 0; i--) {
            restore.readInbox();
            restore.readPresence();
        }
        world.kafka.eventually(1, 100, here.apply(prepared));
    }

    /** Nobody else may commit from here on. */
    void fence() {
        logs.transactions.initTransactions(producer -> here.apply(() -> write(producer)).run());
    }

    private void write(Producer producer) {
        List<Append<?>> claim = List.of(new Append<>(logs.inbox, new InboxNote.Claim(router.name)));
        producer.commit(
                claim,
                (answer, offset) ->
                        here.apply(
                                        () -> {
                                            if (answer == Answer.COMMITTED) {
                                                readInbox(producer, offset);
                                            } else {
                                                failed.run();
                                            }
                                        })
                                .run());
    }

    private void readInbox(Producer producer, long epoch) {
        boolean enough = world.has(Mutant.INBOX_IS_READ_SHORT) && restore.inboxPosition() > 0;
        if (restore.inboxPosition() > epoch || enough) {
            world.kafka.askEnd(logs.presence, router, end -> readPresence(producer, epoch, end));
            return;
        }
        world.kafka.eventually(
                1,
                15,
                here.apply(() -> {
                    restore.readInbox();
                    readInbox(producer, epoch);
                }));
    }

    private void readPresence(Producer producer, long epoch, long end) {
        if (restore.presencePosition() >= end) {
            world.kafka.askEnd(logs.events, router, events -> readNodes(producer, epoch, events));
            return;
        }
        world.kafka.eventually(
                1,
                15,
                here.apply(() -> {
                    restore.readPresence();
                    readPresence(producer, epoch, end);
                }));
    }

    private void readNodes(Producer producer, long epoch, long eventsEnd) {
        router.onceNodesAreRead(
                here.apply(() ->
                        claimed.accept(
                                new Claimed(
                                        producer,
                                        epoch,
                                        restore.restored(
                                                router.edges(),
                                                world.has(Mutant.CERTAIN_AT_ONCE)
                                                        ? 0
                                                        : eventsEnd)))));
    }
}
