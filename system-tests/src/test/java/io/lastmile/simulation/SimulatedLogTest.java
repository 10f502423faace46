package io.lastmile.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lastmile.simulation.TransactionCoordinator.Answer;
import io.lastmile.simulation.TransactionCoordinator.Append;
import io.lastmile.simulation.TransactionCoordinator.Appended;
import io.lastmile.simulation.TransactionCoordinator.Producer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The modelled Kafka keeps to the rules of the real one that owners rely on. */
class SimulatedLogTest {
    private final Agenda agenda = new Agenda(0);
    private final Chance chance = new Chance(1);
    private final SimulatedKafka kafka = new SimulatedKafka(agenda, chance, true);
    private final List<List<Appended<?>>> committed = new ArrayList<>();
    private final TransactionCoordinator coordinator =
            new TransactionCoordinator(agenda, chance, kafka, true, committed::add);
    private final SimulatedLog<String> log = new SimulatedLog<>("log", agenda::nowMs);
    private final SimulatedLog<String> other = new SimulatedLog<>("other", agenda::nowMs);
    private final List<Producer> producers = new ArrayList<>();
    private final List<Answer> answers = new ArrayList<>();

    private void run(long ms) {
        long untilMs = agenda.nowMs() + ms;
        agenda.at(untilMs, () -> {});
        while (agenda.nowMs() < untilMs) {
            agenda.step();
        }
    }

    private Producer producer() {
        coordinator.initTransactions(producers::add);
        run(1_000);
        return producers.getLast();
    }

    private void commit(Producer producer, String value) {
        producer.commit(
                List.of(new Append<>(log, value), new Append<>(other, value)),
                (answer, offset) -> answers.add(answer));
    }

    private static List<String> values(SimulatedLog<String> log) {
        return log.read(0, 100).records().stream().map(SimulatedLog.Read::value).toList();
    }

    @Test
    void aCommittedTransactionIsSeenAndItsMarkerTakesAnOffset() {
        commit(producer(), "a");
        run(1_000);
        assertEquals(List.of(Answer.COMMITTED), answers);
        assertEquals(List.of("a"), values(log));
        assertEquals(2, log.read(0, 100).nextOffset());
        assertEquals(2, log.end());
    }

    @Test
    void anOpenTransactionHoldsReadersBack() {
        Transaction open = new Transaction();
        log.append("before");
        log.append("open", open);
        log.append("behind");
        assertEquals(1, log.end());
        assertEquals(List.of("before"), values(log));
        open.decide(Transaction.State.ABORTED);
        log.mark(open);
        assertEquals(List.of("before", "behind"), values(log));
    }

    @Test
    void anAbortedTransactionIsSeenNowhere() {
        coordinator.abortNext();
        commit(producer(), "a");
        run(1_000);
        assertEquals(List.of(Answer.FAILED), answers);
        assertEquals(List.of(), values(log));
        assertEquals(List.of(), values(other));
        assertEquals(List.of(), committed);
    }

    @Test
    void aNewProducerFencesTheOneBefore() {
        Producer old = producer();
        Producer young = producer();
        commit(old, "old");
        run(1_000);
        commit(young, "young");
        run(1_000);
        assertEquals(List.of(Answer.FAILED, Answer.COMMITTED), answers);
        assertEquals(List.of("young"), values(log));
    }

    @Test
    void aLostAnswerIsCommittedAllTheSame() {
        coordinator.loseNextAnswer();
        commit(producer(), "a");
        run(1_000);
        assertEquals(List.of(Answer.FAILED), answers);
        assertEquals(List.of("a"), values(log));
    }

    @Test
    void whileKafkaIsAwayNothingHappensAndThenEverythingDoes() {
        Producer producer = producer();
        kafka.stop();
        commit(producer, "a");
        run(10_000);
        assertEquals(List.of(), answers);
        kafka.resume();
        run(1_000);
        assertEquals(List.of(Answer.COMMITTED), answers);
    }
}
