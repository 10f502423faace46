package io.lastmile.simulation;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Kafka's side of one {@code transactional.id}: at most one transaction at a time, a new producer
 * fences the one before it and aborts what that left open, and a decided transaction becomes
 * visible partition by partition, some time after its producer was told.
 */
final class TransactionCoordinator {
    private final Agenda agenda;
    private final Chance chance;
    private final SimulatedKafka kafka;
    private final boolean fencing;
    private final Consumer<List<Appended<?>>> onCommitted;
    private int epoch;
    private @Nullable Transaction unfinished;
    private final List<SimulatedLog<?>> unmarked = new ArrayList<>();
    private boolean abortsNext;
    private boolean losesNextAnswer;

    /** A record that a transaction is to append. */
    record Append<T>(SimulatedLog<T> log, T value) {
        Appended<T> to(Transaction transaction) {
            SimulatedLog.Entry<T> entry = log.append(value, transaction);
            return new Appended<>(log, value, entry.offset(), entry.appendedAtMs());
        }
    }

    /** A record that a transaction has appended. */
    record Appended<T>(SimulatedLog<T> log, T value, long offset, long atMs) {}

    /** How a producer's transaction went, as far as the producer is told. */
    enum Answer {
        COMMITTED,
        FAILED
    }

    /** Told how a transaction went, and where its first record is. */
    interface WhenAnswered {
        void answered(Answer answer, long firstOffset);
    }

    /**
     * A coordinator.
     *
     * @param fencing false plants the bug that an older producer may go on
     * @param onCommitted told of each transaction at the moment it is decided
     */
    TransactionCoordinator(
            Agenda agenda,
            Chance chance,
            SimulatedKafka kafka,
            boolean fencing,
            Consumer<List<Appended<?>>> onCommitted) {
        this.agenda = agenda;
        this.chance = chance;
        this.kafka = kafka;
        this.fencing = fencing;
        this.onCommitted = onCommitted;
    }

    /** The next transaction fails. */
    void abortNext() {
        abortsNext = true;
    }

    /** The next transaction is committed, and its producer is told that it failed. */
    void loseNextAnswer() {
        losesNextAnswer = true;
    }

    /** A new producer; once it is handed out, its predecessors can do nothing more. */
    void initTransactions(Consumer<Producer> whenDone) {
        kafka.eventually(
                5,
                60,
                () -> {
                    epoch++;
                    Transaction open = unfinished;
                    if (fencing && open != null && open.state() == Transaction.State.OPEN) {
                        decide(open, Transaction.State.ABORTED);
                    }
                    handOut(new Producer(epoch), whenDone);
                });
    }

    private void handOut(Producer producer, Consumer<Producer> whenDone) {
        if (fencing && unfinished != null) {
            kafka.eventually(1, 10, () -> handOut(producer, whenDone));
        } else {
            whenDone.accept(producer);
        }
    }

    private void decide(Transaction transaction, Transaction.State decision) {
        transaction.decide(decision);
        for (SimulatedLog<?> log : unmarked) {
            kafka.eventually(0, 25, () -> mark(transaction, log));
        }
    }

    private void mark(Transaction transaction, SimulatedLog<?> log) {
        log.mark(transaction);
        unmarked.remove(log);
        if (unmarked.isEmpty()) {
            unfinished = null;
        }
    }

    /** A transactional producer of one owner. */
    final class Producer {
        private final int producerEpoch;

        private Producer(int producerEpoch) {
            this.producerEpoch = producerEpoch;
        }

        private boolean isFenced() {
            return fencing && producerEpoch != epoch;
        }

        /** Writes all of these or none. */
        void commit(List<Append<?>> appends, WhenAnswered whenAnswered) {
            kafka.append(() -> begin(appends, whenAnswered));
        }

        private void begin(List<Append<?>> appends, WhenAnswered whenAnswered) {
            if (isFenced()) {
                whenAnswered.answered(Answer.FAILED, -1);
                return;
            }
            if (unfinished != null) { // the markers of the one before are still being written
                kafka.eventually(1, 5, () -> begin(appends, whenAnswered));
                return;
            }
            Transaction transaction = new Transaction();
            unfinished = transaction;
            Set<SimulatedLog<?>> logs = new LinkedHashSet<>();
            List<Appended<?>> appended = new ArrayList<>();
            for (Append<?> append : appends) {
                appended.add(append.to(transaction));
                logs.add(append.log);
            }
            unmarked.addAll(logs);
            kafka.append(() -> end(transaction, appended, whenAnswered));
        }

        private void end(
                Transaction transaction, List<Appended<?>> appended, WhenAnswered whenAnswered) {
            if (isFenced() || transaction.state() != Transaction.State.OPEN) {
                whenAnswered.answered(Answer.FAILED, -1);
                return;
            }
            if (abortsNext) {
                abortsNext = false;
                decide(transaction, Transaction.State.ABORTED);
                whenAnswered.answered(Answer.FAILED, -1);
                return;
            }
            decide(transaction, Transaction.State.COMMITTED);
            onCommitted.accept(appended);
            boolean lost = losesNextAnswer;
            losesNextAnswer = false;
            agenda.after(
                    chance.between(0, 20),
                    () ->
                            whenAnswered.answered(
                                    lost ? Answer.FAILED : Answer.COMMITTED,
                                    appended.getFirst().offset()));
        }
    }
}
