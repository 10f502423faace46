package io.lastmile.bench.micro;

import io.lastmile.wire.DeviceId;
import io.lastmile.wire.Header;
import io.lastmile.wire.Message;
import io.lastmile.wire.MessageHeader;
import io.lastmile.wire.MessageId;
import io.lastmile.wire.Outcome;
import io.lastmile.wire.Urgency;
import io.lastmile.wire.record.CheckpointRecord;
import io.lastmile.wire.record.EventRecord;
import io.lastmile.wire.record.EventRecord.Acked;
import io.lastmile.wire.record.MessageRecord;
import io.lastmile.wire.record.ParkedRecord;
import io.lastmile.wire.record.Proof;
import io.lastmile.wire.record.ReceiptRecord;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Records of the topics, to bytes and back. */
@State(Scope.Thread)
public class Records {
    private static final int SETTLED_ABOVE = 1_000;

    private final DeviceId device = Typical.device(123_456);
    private final List<Header> headers =
            List.of(
                    new Header(MessageHeader.TTL.headerName(), "3600"),
                    new Header(MessageHeader.CONTENT_TYPE.headerName(), "application/json"));
    private final EventRecord acked =
            new Acked(Typical.session(123_456), List.of(Typical.ack(9_876_543)));
    private final byte[] ackedBytes = acked.encode();
    private final ReceiptRecord receipt =
            new ReceiptRecord(
                    new MessageId(7, 9_876_543),
                    9_876_543,
                    Outcome.DELIVERED,
                    Typical.session(123_456),
                    Typical.NOW_MS,
                    Typical.NOW_MS + 5,
                    Typical.NOW_MS + 6,
                    Typical.NOW_MS + 20,
                    Typical.NOW_MS + 40,
                    1,
                    Proof.PUBACK,
                    0,
                    "",
                    null,
                    null);
    private final byte[] receiptBytes = receipt.encode();
    private final ParkedRecord parked =
            new ParkedRecord(
                    new MessageId(7, 9_876_543),
                    Typical.NOW_MS,
                    Typical.NOW_MS + 5,
                    Typical.NOW_MS + 3_600_000,
                    Message.ABSENT,
                    200,
                    0,
                    Urgency.NORMAL,
                    null,
                    null,
                    null);
    private final byte[] parkedBytes = parked.encode();
    private final CheckpointRecord checkpoint = checkpointRecord();
    private final byte[] checkpointBytes = checkpoint.encode();

    private static CheckpointRecord checkpointRecord() {
        long[] settledAbove = new long[SETTLED_ABOVE];
        for (int i = 0; i < SETTLED_ABOVE; i++) {
            settledAbove[i] = 9_876_543 + 2L * i;
        }
        String topicId = "Jx4YpZ8tQ6uRkWm2Ns0vAg"; // as long as Kafka's are
        return new CheckpointRecord(
                1_000,
                9_876_500,
                9_900_000,
                16,
                topicId,
                topicId,
                CheckpointRecord.BroadcastsRead.FROM_START,
                settledAbove);
    }

    /** By the router, for each message that it reads; two headers. */
    @Benchmark
    public Message decodeMessage() {
        return MessageRecord.decode(device, Typical.PAYLOAD, headers);
    }

    /** By the edge: one acknowledgement, as of a device that has one message at a time. */
    @Benchmark
    public byte[] encodeAcked() {
        return acked.encode();
    }

    /** The same, read by the router. */
    @Benchmark
    public EventRecord decodeAcked() {
        return EventRecord.decode(ackedBytes);
    }

    /** By the router, for each message that is settled. */
    @Benchmark
    public byte[] encodeReceipt() {
        return receipt.encode();
    }

    /** By whoever reads receipts. */
    @Benchmark
    public ReceiptRecord decodeReceipt() {
        return ReceiptRecord.decode(receiptBytes);
    }

    /** By the router, for each message that is parked. */
    @Benchmark
    public byte[] encodeParked() {
        return parked.encode();
    }

    /** By the next owner, for each message that is parked. */
    @Benchmark
    public ParkedRecord decodeParked() {
        return ParkedRecord.decode(parkedBytes);
    }

    /** By the router, once a transaction: 1,000 messages are settled above the watermark. */
    @Benchmark
    public byte[] encodeCheckpoint() {
        return checkpoint.encode();
    }

    /** By the next owner, once. */
    @Benchmark
    public CheckpointRecord decodeCheckpoint() {
        return CheckpointRecord.decode(checkpointBytes);
    }
}
