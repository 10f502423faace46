package io.lastmile.api.kafka;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lastmile.node.Clock;
import io.lastmile.node.Metrics;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.Header;
import io.lastmile.wire.Message;
import io.lastmile.wire.MessageId;
import io.lastmile.wire.Payload;
import io.lastmile.wire.record.MessageRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.errors.NotEnoughReplicasException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class MessageSenderTest {
    private final AskedProducer producer = new AskedProducer();

    private MessageSender sender(Duration deadline) {
        return new MessageSender(
                producer,
                topic -> topic.under("lastmile."),
                16,
                deadline,
                Duration.ofMinutes(10),
                Clock.system(),
                new Metrics());
    }

    private CompletableFuture<SendResult> send(Duration deadline) {
        Message message = Message.plain(new DeviceId("d"), Payload.ofText("x"));
        CompletableFuture<SendResult> result =
                CompletableFuture.supplyAsync(() -> sender(deadline).send(message));
        await().until(() -> !producer.history().isEmpty());
        return result;
    }

    private static SendResult.Reason reason(SendResult result) {
        return assertInstanceOf(SendResult.Failed.class, result).reason();
    }

    @Test
    void acceptedMeansConfirmed() {
        CompletableFuture<SendResult> result = send(Duration.ofSeconds(30));
        assertEquals(false, result.isDone());
        producer.completeNext();
        SendResult.Accepted accepted = assertInstanceOf(SendResult.Accepted.class, result.join());
        assertEquals(new MessageId(0, 0), accepted.id());
    }

    @Test
    void noAnswerWithinTheDeadlineIsNoAnswer() {
        assertEquals(SendResult.Reason.NO_ANSWER, reason(send(Duration.ofMillis(300)).join()));
    }

    @Test
    void whatKafkaSaysLaterIsTold() {
        CompletableFuture<SendResult> first = send(Duration.ofSeconds(30));
        producer.errorNext(new NotEnoughReplicasException("two brokers are away"));
        assertEquals(SendResult.Reason.NO_ANSWER, reason(first.join()));
        producer.clear();
        CompletableFuture<SendResult> second = send(Duration.ofSeconds(30));
        producer.errorNext(new RecordTooLargeException("too large"));
        assertEquals(SendResult.Reason.REFUSED, reason(second.join()));
    }

    private static Message keyed(String key) throws Exception {
        return MessageRecord.decode(
                new DeviceId("d"), Payload.EMPTY, List.of(new Header("idempotency-key", key)));
    }

    /** Who comes with a key again does not wait for ever for a first that never got to Kafka. */
    @Test
    void aKeyWhoseFirstMessageWasNotHandedOverIsFreeAgain() throws Exception {
        MessageSender sender = sender(Duration.ofSeconds(30));
        Message message = keyed("order-8");
        producer.sendException = new IllegalArgumentException("not a record");
        assertThrows(IllegalArgumentException.class, () -> sender.begin(message));
        producer.sendException = null;
        CompletableFuture<SendResult> again = sender.begin(message);
        producer.completeNext();
        assertInstanceOf(SendResult.Accepted.class, again.get(20, TimeUnit.SECONDS));
    }

    @Test
    void whoIsToldThatAKeyFailedMaySendItAgainAtOnce() throws Exception {
        MessageSender sender = sender(Duration.ofMillis(300));
        Message message = keyed("order-9");
        CompletableFuture<SendResult> late = sender.begin(message);
        CompletableFuture<SendResult> again = late.thenCompose(_ -> sender.begin(message));
        assertEquals(SendResult.Reason.NO_ANSWER, reason(late.get(20, TimeUnit.SECONDS)));
        producer.errorNext(new NotEnoughReplicasException("two brokers are away"));
        await().until(producer::completeNext);
        assertInstanceOf(SendResult.Accepted.class, again.get(20, TimeUnit.SECONDS));
    }

    @Test
    void aRepeatedKeyIsAnsweredWithTheFirstIdUnlessTheFirstFailed() throws Exception {
        MessageSender sender = sender(Duration.ofSeconds(30));
        Message message = keyed("order-7");
        CompletableFuture<SendResult> failed = sender.begin(message);
        producer.errorNext(new NotEnoughReplicasException("two brokers are away"));
        assertEquals(SendResult.Reason.NO_ANSWER, reason(failed.join()));
        CompletableFuture<SendResult> first = sender.begin(message);
        CompletableFuture<SendResult> again = sender.begin(message); // while it is under way
        producer.completeNext();
        assertInstanceOf(SendResult.Accepted.class, first.join());
        assertEquals(first.join(), again.join());
        assertEquals(first.join(), sender.send(message));
        assertEquals(2, producer.history().size());
    }

    private static Message order(String payload, Header... more) throws Exception {
        List<Header> headers = new ArrayList<>(List.of(new Header("idempotency-key", "order-1")));
        headers.addAll(List.of(more));
        return MessageRecord.decode(new DeviceId("d"), Payload.ofText(payload), headers);
    }

    @Test
    void anotherMessageWithTheSameKeyIsRefused() throws Exception {
        MessageSender sender = sender(Duration.ofSeconds(30));
        CompletableFuture<SendResult> first = sender.begin(order("pay 10"));
        assertEquals(SendResult.Reason.KEY_REUSED, reason(sender.send(order("pay 20"))));
        producer.completeNext();
        for (Message other :
                List.of(
                        order("pay 20"),
                        order(""),
                        order("pay 10", new Header("content-type", "text/plain")),
                        order("pay 10", new Header("a", "b")))) {
            assertEquals(SendResult.Reason.KEY_REUSED, reason(sender.send(other)));
        }
        // What a sender counts down from try to try makes it no other message.
        Message again = order("pay 10", new Header("ttl", "5"), new Header("urgency", "high"));
        assertEquals(first.join(), sender.send(again));
        assertEquals(1, producer.history().size());
    }

    @Test
    void aKeyIsAskedForAgainOnceItsMessageIsCancelled() throws Exception {
        MessageSender sender = sender(Duration.ofSeconds(30));
        CompletableFuture<SendResult> first = sender.begin(order("x"));
        producer.completeNext();
        MessageId id = assertInstanceOf(SendResult.Accepted.class, first.join()).id();
        Message cancel =
                MessageRecord.decode(
                        new DeviceId("d"),
                        Payload.EMPTY,
                        List.of(new Header("cancel", id.toString())));
        CompletableFuture<SendResult> cancelled = sender.begin(cancel);
        assertEquals(first.join(), sender.send(order("x")), "not before Kafka has the cancel");
        producer.completeNext();
        assertInstanceOf(SendResult.Accepted.class, cancelled.join());
        CompletableFuture<SendResult> second = sender.begin(order("y"));
        producer.completeNext();
        assertEquals(new MessageId(0, 2), ((SendResult.Accepted) second.join()).id());
        assertEquals(3, producer.history().size());
    }

    @Test
    void aClosedSenderTakesNothing() {
        MessageSender sender = sender(Duration.ofMillis(300));
        sender.close();
        Message message = Message.plain(new DeviceId("d"), Payload.EMPTY);
        assertEquals(SendResult.Reason.NO_ANSWER, reason(sender.send(message)));
    }

    @Test
    @Timeout(60)
    void topicsThatAreNotToldInTimeAreLeftToTheFirstMessages() {
        MessageSender sender = sender(Duration.ofSeconds(30));
        producer.partitionsForException = new TimeoutException("nobody answers");
        sender.learnTopics(Duration.ofMillis(10));
        assertTrue(producer.asked.size() > 2, producer.asked.size() + " times");

        producer.asked.clear();
        producer.partitionsForException = new TopicAuthorizationException("lastmile.messages");
        sender.learnTopics(Duration.ofDays(1));
        assertEquals(
                List.of("lastmile.messages", "lastmile.broadcasts", "lastmile.revocations"),
                producer.asked);
    }

    private static final class AskedProducer extends MockProducer<byte[], byte[]> {
        final List<String> asked = new ArrayList<>();

        AskedProducer() {
            super(false, null, new ByteArraySerializer(), new ByteArraySerializer());
        }

        @Override
        public List<PartitionInfo> partitionsFor(String topic) {
            asked.add(topic);
            return super.partitionsFor(topic);
        }
    }
}
