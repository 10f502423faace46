package io.lastmile.api.http;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.lastmile.api.kafka.MessageSender;
import io.lastmile.api.kafka.SendResult;
import io.lastmile.node.Clock;
import io.lastmile.node.Metrics;
import io.lastmile.node.Shares;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.Header;
import io.lastmile.wire.Message;
import io.lastmile.wire.Payload;
import io.lastmile.wire.record.MessageRecord;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

class BatchSenderTest {
    private static final Duration DEADLINE = Duration.ofMinutes(10);
    private static final Message MESSAGE =
            Message.plain(new DeviceId("d"), Payload.ofText("hello"));

    private final MockProducer<byte[], byte[]> kafka =
            new MockProducer<>(false, null, new ByteArraySerializer(), new ByteArraySerializer());
    private static final String CALLER = "127.0.0.1";

    private final Shares room = Shares.inTurns(64 << 20);
    private final CongestionWindow window = new CongestionWindow(DEADLINE, Clock.system());
    private final BatchSender batches =
            new BatchSender(
                    new MessageSender(
                            kafka,
                            topic -> topic.under("lastmile."),
                            16,
                            DEADLINE,
                            Duration.ofMinutes(10),
                            Clock.system(),
                            new Metrics()),
                    room,
                    window,
                    Clock.system());

    private int free() throws InterruptedException {
        int taken = 0;
        while (window.await(CALLER, Duration.ZERO)) {
            taken++;
        }
        return taken;
    }

    private CompletableFuture<SendResult> begin(Message message) throws InterruptedException {
        CompletableFuture<SendResult> begun = batches.begin(CALLER, message);
        assertNotNull(begun);
        return begun;
    }

    private void answerAll() {
        boolean isMore;
        do {
            isMore = kafka.completeNext();
        } while (isMore);
    }

    @Test
    void whatDoesNotFitIntoTheWindowWaits() throws Exception {
        int all = 3 * CongestionWindow.FIRST;
        Queue<CompletableFuture<SendResult>> begun = new ConcurrentLinkedQueue<>();
        Thread stream =
                Thread.ofVirtual()
                        .start(() -> {
                            try {
                                while (begun.size() < all) {
                                    begun.add(begin(MESSAGE));
                                }
                            } catch (InterruptedException e) {
                                Thread.currentThread().interrupt();
                            }
                        });
        await().until(() -> begun.size() == CongestionWindow.FIRST);
        await().until(() -> stream.getState() == Thread.State.TIMED_WAITING);
        assertEquals(CongestionWindow.FIRST, kafka.history().size());

        await().until(() -> {
            answerAll();
            return begun.size() == all;
        });
        answerAll();
        begun.forEach(CompletableFuture::join);
        assertEquals(0, room.taken());
        assertEquals(window.size(), free());
    }

    @Test
    void whatIsNotHandedOverGivesItsRoomBack() throws InterruptedException {
        kafka.sendException = new IllegalArgumentException("not a record");
        assertThrows(IllegalArgumentException.class, () -> batches.begin(CALLER, MESSAGE));
        assertEquals(0, room.taken());
        assertEquals(CongestionWindow.FIRST, free());
    }

    @Test
    void whoIsInterruptedWhileItWaitsGivesItsRoomBack() throws InterruptedException {
        int held = free();
        AtomicReference<Throwable> ended = new AtomicReference<>();
        Thread stream =
                Thread.ofVirtual()
                        .start(() -> {
                            try {
                                var _ = batches.begin(CALLER, MESSAGE);
                            } catch (InterruptedException e) {
                                ended.set(e);
                            }
                        });
        await().until(() -> stream.getState() == Thread.State.TIMED_WAITING);
        stream.interrupt();
        stream.join();
        assertNotNull(ended.get());
        assertEquals(0, room.taken());
        assertEquals(CongestionWindow.FIRST, held);
    }

    /** It says nothing of how quick Kafka is now. */
    @Test
    void anAnswerOfEarlierDoesNotMakeTheWindowGrow() throws Exception {
        Message keyed =
                MessageRecord.decode(
                        new DeviceId("d"),
                        Payload.EMPTY,
                        List.of(new Header("idempotency-key", "order-7")));
        CompletableFuture<SendResult> first = begin(keyed);
        kafka.completeNext();
        SendResult answer = first.join();
        for (int i = 0; i < CongestionWindow.FIRST - 1; i++) {
            var _ = begin(MESSAGE);
        }
        for (int i = 0; i < 100; i++) {
            assertEquals(answer, begin(keyed).join());
        }
        assertEquals(CongestionWindow.FIRST, window.size());
        assertEquals(1, free());
    }
}
