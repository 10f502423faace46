package io.lastmile.node.kafka;

import io.lastmile.node.replay.ReplayFailedException;
import io.lastmile.node.replay.Selection;
import io.lastmile.wire.MessageId;
import io.lastmile.wire.Outcome;
import io.lastmile.wire.record.ReceiptRecord;
import io.lastmile.wire.record.Topic;
import java.util.HashSet;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/** The messages that ended in some way, from their receipts. */
final class EndedSo {
    /** More are refused: each takes a hundred bytes. */
    static final int IDS_MAX = 5_000_000;

    private final Selection selection;
    private final Outcome outcome;
    private final Set<MessageId> ids = new HashSet<>();

    private EndedSo(Selection selection, Outcome outcome) {
        this.selection = selection;
        this.outcome = outcome;
    }

    /**
     * Reads the receipts since the selection begins.
     *
     * @throws ReplayFailedException where they are too many
     */
    static Set<MessageId> read(
            Consumer<byte[], byte[]> consumer,
            KafkaSettings kafka,
            int partitions,
            Selection selection,
            Outcome outcome) {
        EndedSo found = new EndedSo(selection, outcome);
        String topic = kafka.topic(Topic.RECEIPTS);
        for (int partition = 0; partition < partitions; partition++) {
            PartitionSpan.between(
                            consumer,
                            new TopicPartition(topic, partition),
                            selection.fromMs(),
                            Long.MAX_VALUE)
                    .read(consumer, found::add);
        }
        return found.ids;
    }

    private boolean add(ConsumerRecord<byte[], byte[]> record) {
        if (record.value() == null) {
            return false;
        }
        ReceiptRecord receipt = ReceiptRecord.decode(record.value());
        if (receipt.outcome() == outcome
                && receipt.acceptedAtMs() >= selection.fromMs()
                && receipt.acceptedAtMs() < selection.toMs()) {
            ids.add(receipt.id());
        }
        if (ids.size() > IDS_MAX) {
            throw new ReplayFailedException(
                    "more than %,d messages ended as %s in that time: choose a shorter one"
                            .formatted(IDS_MAX, outcome.label()));
        }
        return false;
    }
}
