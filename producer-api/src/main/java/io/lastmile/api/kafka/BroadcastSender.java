package io.lastmile.api.kafka;

import io.lastmile.api.kafka.IdempotencyKeys.First;
import io.lastmile.wire.Audience;
import io.lastmile.wire.BroadcastId;
import io.lastmile.wire.Header;
import io.lastmile.wire.Message;
import io.lastmile.wire.MessageId;
import io.lastmile.wire.record.BroadcastRecord;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * The way of broadcasts into Kafka. An accepted one has the offset of its id in that of its {@link
 * SendResult.Accepted}. Any thread; handing over may block for a third of the deadline.
 */
public final class BroadcastSender {
    private static final int PARTITION = 0;

    private final Function<ProducerRecord<byte[], byte[]>, CompletableFuture<SendResult>> hand;
    private final String topic;
    private final IdempotencyKeys keys;

    BroadcastSender(
            Function<ProducerRecord<byte[], byte[]>, CompletableFuture<SendResult>> hand,
            String topic,
            IdempotencyKeys keys) {
        this.hand = hand;
        this.topic = topic;
        this.keys = keys;
    }

    String topic() {
        return topic;
    }

    /**
     * Hands it to Kafka, or where one to the same audience with its idempotency key was handed over
     * from here before and has not failed, answers as that one is answered if it is the same.
     */
    public CompletableFuture<SendResult> begin(BroadcastRecord.Post post) {
        Message message = post.message();
        ProducerRecord<byte[], byte[]> record =
                record(post.audience(), message.payload().bytes(), post.headers());
        String key = message.idempotencyKey();
        if (key == null) {
            return hand.apply(record);
        }
        First mine = First.of(post.audience().text(), message, key);
        First earlier = keys.earlier(mine);
        if (earlier != null) {
            return earlier.isRepeatedBy(mine)
                    ? earlier.result()
                    : CompletableFuture.completedFuture(
                            new SendResult.Failed(
                                    SendResult.Reason.KEY_REUSED,
                                    "another broadcast came with the key"));
        }
        try {
            var _ = hand.apply(record).thenAccept(result -> keys.end(mine, result));
        } catch (RuntimeException e) { // others may wait for it already
            keys.end(mine, SendResult.noAnswer("not handed to Kafka"));
            throw e;
        }
        return mine.result();
    }

    /** Hands it to Kafka that a broadcast is taken back. */
    public CompletableFuture<SendResult> cancel(BroadcastId id, Audience audience) {
        return hand.apply(record(audience, new byte[0], new BroadcastRecord.Cancel(id).headers()))
                .thenApply(result -> {
                    keys.free(new MessageId(PARTITION, id.offset()));
                    return result;
                });
    }

    private ProducerRecord<byte[], byte[]> record(
            Audience audience, byte[] value, List<Header> headers) {
        byte[] key = audience.text().getBytes(StandardCharsets.UTF_8);
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(topic, PARTITION, key, value);
        for (Header header : headers) {
            record.headers().add(header.name(), header.value().getBytes(StandardCharsets.UTF_8));
        }
        return record;
    }
}
