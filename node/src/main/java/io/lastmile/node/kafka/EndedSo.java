package io.lastmile.node.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.lastmile.node.replay.ReplayFailedException;
import io.lastmile.node.replay.Selection;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.MalformedException;
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
    static final int IDS_MAX = 1_000_000;

    private final Selection selection;
    private final Outcome outcome;
    private final Set<MessageId> ids = new HashSet<>();

    private EndedSo(Selection selection, Outcome outcome) {
        this.selection = selection;
        this.outcome = outcome;
    }

    /**
     * Reads the receipts since the selection begins, in the partitions of its devices.
     *
     * @throws ReplayFailedException where they are too many
     */
    static Set<MessageId> read(
            Consumer<byte[], byte[]> consumer,
            KafkaSettings kafka,
            Set<Integer> partitions,
            Selection selection,
            Outcome outcome) {
        EndedSo found = new EndedSo(selection, outcome);
        String topic = kafka.topic(Topic.RECEIPTS);
        for (int partition : partitions) {
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
        ReceiptRecord receipt;
        try {
            receipt = ReceiptRecord.decode(record.value());
        } catch (MalformedException e) {
            return false; // of a newer version
        }
        String device = record.key() == null ? "" : new String(record.key(), UTF_8);
        if (receipt.outcome() == outcome
                && DeviceId.isValid(device)
                && selection.has(new DeviceId(device), receipt.id(), receipt.acceptedAtMs())) {
            ids.add(receipt.id());
        }
        if (ids.size() > IDS_MAX) {
            throw new ReplayFailedException(
                    "more than %,d such messages ended as %s: choose a shorter time, or fewer devices"
                            .formatted(IDS_MAX, outcome.label()));
        }
        return false;
    }
}
