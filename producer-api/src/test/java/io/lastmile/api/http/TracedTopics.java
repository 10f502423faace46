package io.lastmile.api.http;

import io.lastmile.wire.MessageId;
import io.lastmile.wire.record.Topic;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;

/**
 * The topics as traces read them: one message for the device d and nothing that came of it, and the
 * broadcast b0 to the channel news.
 */
final class TracedTopics extends MockConsumer<byte[], byte[]> {
    static final MessageId ID = new MessageId(1, 0);
    static final MessageId HELD_BACK = new MessageId(ID.partition(), ID.offset() + 1);
    private static final TopicPartition BROADCASTS =
            new TopicPartition(Topic.BROADCASTS.under("lastmile."), 0);
    static final String PAYLOAD = "hello";
    private static final long ACCEPTED_AT_MS = 1_606_107_600_000L;

    private final List<TopicPartition> all = new ArrayList<>();

    TracedTopics(int partitions) {
        super("earliest");
        for (Topic topic :
                List.of(Topic.MESSAGES, Topic.EVENTS, Topic.RECEIPTS, Topic.INBOX, Topic.NODES)) {
            for (int p = 0; p < partitions; p++) {
                all.add(new TopicPartition(topic.under("lastmile."), p));
            }
        }
        Map<TopicPartition, Long> ends = new HashMap<>();
        all.forEach(partition -> ends.put(partition, 0L));
        all.add(BROADCASTS);
        ends.put(BROADCASTS, 0L);
        updateBeginningOffsets(ends);
        ends.put(BROADCASTS, 1L);
        TopicPartition place =
                new TopicPartition(Topic.MESSAGES.under("lastmile."), ID.partition());
        ends.put(place, ID.offset() + 1);
        updateEndOffsets(ends);
        schedulePollTask(() -> {
            if (assignment().contains(BROADCASTS)) {
                add(BROADCASTS, 0, "news");
            } else {
                add(place, ID.offset(), "d");
            }
        });
    }

    private void add(TopicPartition place, long offset, String keyText) {
        byte[] key = keyText.getBytes(StandardCharsets.UTF_8);
        byte[] value = PAYLOAD.getBytes(StandardCharsets.UTF_8);
        addRecord(
                new ConsumerRecord<>(
                        place.topic(),
                        place.partition(),
                        offset,
                        ACCEPTED_AT_MS,
                        TimestampType.CREATE_TIME,
                        key.length,
                        value.length,
                        key,
                        value,
                        new RecordHeaders(),
                        Optional.empty()));
    }

    /** As those see it who read what is behind an open transaction as well. */
    TracedTopics withWhatIsHeldBack() {
        hasMoreToCome();
        TopicPartition place =
                new TopicPartition(Topic.MESSAGES.under("lastmile."), HELD_BACK.partition());
        schedulePollTask(() -> add(place, HELD_BACK.offset(), "d"));
        return this;
    }

    /** Another message is said to be there, and does not come. */
    void hasMoreToCome() {
        updateEndOffsets(
                Map.of(
                        new TopicPartition(Topic.MESSAGES.under("lastmile."), ID.partition()),
                        ID.offset() + 2));
    }

    /** Nothing is younger than any time. */
    @Override
    public synchronized Map<TopicPartition, OffsetAndTimestamp> offsetsForTimes(
            Map<TopicPartition, Long> timesMs) {
        return Map.of();
    }
}
