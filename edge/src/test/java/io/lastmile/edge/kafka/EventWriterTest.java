package io.lastmile.edge.kafka;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lastmile.node.Clock;
import io.lastmile.node.Metrics;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.EndReason;
import io.lastmile.wire.Incarnation;
import io.lastmile.wire.SessionId;
import io.lastmile.wire.record.CopiesAckedRecord;
import io.lastmile.wire.record.EventRecord;
import io.lastmile.wire.record.EventRecord.Ack;
import io.lastmile.wire.record.EventRecord.Acked;
import io.lastmile.wire.record.EventRecord.Ended;
import io.lastmile.wire.record.Proof;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EventWriterTest {
    private static final DeviceId DEVICE = new DeviceId("phone-1");
    private static final Incarnation EDGE = new Incarnation("edge-1", 7);
    private static final SessionId SESSION = new SessionId(EDGE, 3);
    private static final EventRecord EVENT = new Ended(SESSION, EndReason.SLOW, 5);
    private static final EventRecord ACKED =
            new Acked(SESSION, List.of(new Ack(17, 1, 2, Proof.PUBACK, 0)));

    private final List<MockProducer<byte[], byte[]>> producers = new CopyOnWriteArrayList<>();
    private final List<Long> confirmed = new CopyOnWriteArrayList<>();
    private final EventWriter writer =
            new EventWriter(
                    this::producer,
                    "lastmile.events",
                    Duration.ofHours(1),
                    Clock.system(),
                    new Metrics());

    private MockProducer<byte[], byte[]> producer() {
        var made =
                new MockProducer<>(
                        false, null, new ByteArraySerializer(), new ByteArraySerializer());
        producers.add(made);
        return made;
    }

    @AfterEach
    void close() {
        producers.getLast().sendException = null;
        var completing =
                Thread.ofVirtual()
                        .start(() -> {
                            while (!Thread.currentThread().isInterrupted()) {
                                producers.getLast().completeNext();
                                Thread.onSpinWait();
                            }
                        });
        writer.close();
        completing.interrupt();
    }

    private void write() {
        writer.write(DEVICE, 2, EVENT, confirmed::add);
    }

    private MockProducer<byte[], byte[]> sent(int count) {
        await().until(() -> producers.getLast().history().size() == count);
        return producers.getLast();
    }

    @Test
    void anEventGoesToItsPartitionUnderItsDevice() {
        write();
        ProducerRecord<byte[], byte[]> record = sent(1).history().getFirst();
        assertEquals("lastmile.events", record.topic());
        assertEquals(2, record.partition());
        assertArrayEquals(DEVICE.bytes(), record.key());
        assertEquals(EVENT, EventRecord.decode(record.value()));
        assertEquals(1, writer.pending());
        assertEquals(List.of(), confirmed);
        producers.getLast().completeNext();
        assertEquals(List.of(0L), confirmed);
        assertEquals(0, writer.pending());
    }

    /** An acknowledgement that waits for others, for an hour if need be. */
    private void waitingAck() {
        writer.write(DEVICE, 2, ACKED, confirmed::add);
        await().until(writer::isGathering);
        assertEquals(List.of(), producers.getLast().history());
    }

    @Test
    void anAcknowledgementWaitsForOthersUntilItIsWantedSoon() {
        waitingAck();
        writer.hasten();
        sent(1);
    }

    @Test
    void aSessionsEndDoesNotWaitForAcknowledgements() {
        waitingAck();
        write();
        sent(2);
    }

    private static CopiesAckedRecord.Ack copyAck(int member) {
        return new CopiesAckedRecord.Ack(member, member + 1, 1_000, 1_020, Proof.PUBACK, 0);
    }

    private void acknowledge(int partition, long offset, int member) {
        writer.acknowledge(partition, EDGE, offset, copyAck(member), confirmed::add);
    }

    @Test
    void acknowledgementsOfOneBroadcastAreOneRecord() {
        acknowledge(2, 17, 0);
        await().until(writer::isGathering);
        for (int member = 1; member < 10; member++) {
            acknowledge(2, 17, member);
        }
        acknowledge(2, 18, 5);
        acknowledge(3, 17, 5);
        assertEquals(List.of(), producers.getLast().history());
        writer.hasten();
        List<ProducerRecord<byte[], byte[]>> records = sent(3).history();
        assertEquals(2, records.getFirst().partition());
        assertNull(records.getFirst().key());
        assertEquals("lastmile.events", records.getFirst().topic());
        assertEquals(
                new CopiesAckedRecord(
                        EDGE,
                        17,
                        IntStream.range(0, 10).mapToObj(EventWriterTest::copyAck).toList()),
                CopiesAckedRecord.decode(records.getFirst().value()));
        assertEquals(18, CopiesAckedRecord.decode(records.get(1).value()).offset());
        assertEquals(3, records.get(2).partition());
        assertEquals(12, writer.pending());
        assertTrue(producers.getLast().errorNext(new TimeoutException("no broker")));
        assertEquals(List.of(), confirmed);
        assertTrue(sent(4).completeNext());
        assertEquals(1, confirmed.size(), "each session is told");
        assertTrue(producers.getLast().completeNext());
        assertTrue(producers.getLast().completeNext());
        assertEquals(12, confirmed.size());
        assertEquals(0, writer.pending());
        assertArrayEquals(
                records.getFirst().value(), producers.getLast().history().getLast().value());
    }

    @Test
    void oneRecordHasNotMoreThanSoManyAcknowledgements() {
        for (int member = 0; member <= 2 * CopyAcks.RECORD_MAX; member++) {
            acknowledge(2, 17, member);
        }
        writer.hasten();
        List<Integer> sizes =
                sent(3).history().stream()
                        .map(record -> CopiesAckedRecord.decode(record.value()).acks().size())
                        .toList();
        assertEquals(List.of(CopyAcks.RECORD_MAX, CopyAcks.RECORD_MAX, 1), sizes);
    }

    @Test
    void whatFailedIsWrittenAgainUntilKafkaHasIt() {
        write();
        for (int tries = 1; tries <= 3; tries++) {
            assertTrue(sent(tries).errorNext(new TimeoutException("no broker")));
            assertEquals(List.of(), confirmed);
            assertEquals(1, writer.pending());
        }
        assertTrue(sent(4).completeNext());
        assertEquals(1, confirmed.size());
        assertEquals(0, writer.pending());
    }

    @Test
    void aProducerThatSendsNoMoreIsReplaced() {
        producers.getFirst().sendException = new KafkaException("in an error state");
        write();
        await().until(() -> producers.size() == 2);
        assertTrue(sent(1).completeNext());
        assertEquals(1, confirmed.size());
        assertTrue(producers.getFirst().closed());
    }

    @Test
    void closeWaitsUntilKafkaHasEverything() throws InterruptedException {
        write();
        write();
        sent(2);
        List<Long> whenClosed = new ArrayList<>();
        Thread closing =
                Thread.ofVirtual()
                        .start(() -> {
                            writer.close();
                            whenClosed.addAll(confirmed);
                        });
        producers.getLast().completeNext();
        producers.getLast().completeNext();
        closing.join();
        assertEquals(2, whenClosed.size());
    }
}
