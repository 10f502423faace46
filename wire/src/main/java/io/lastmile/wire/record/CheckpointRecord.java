package io.lastmile.wire.record;

import io.lastmile.wire.BytesReader;
import io.lastmile.wire.BytesWriter;
import io.lastmile.wire.MalformedException;
import java.util.Arrays;

/**
 * The state of an owner, in {@code lastmile.inbox}: with the parked messages and presence written
 * in the same transaction, the owner's state is exactly this + messages from the watermark + events
 * from the events position.
 */
public final class CheckpointRecord {
    /** The newest version this code writes and reads. */
    public static final int VERSION = 1;

    private final long epoch;
    private final long watermark;
    private final long eventsPosition;
    private final int partitions;
    private final String messagesTopicId;
    private final String eventsTopicId;
    private final BroadcastsRead broadcasts;
    private final long[] settledAbove;

    /**
     * How far the owner has come with broadcasts.
     *
     * @param position the next offset of the broadcasts topic to be read
     * @param marks how many marks were ever appended to the partition
     * @param cut how many of them have been read
     * @param memberNumbers above all numbers of members that were ever given out
     */
    public record BroadcastsRead(long position, long marks, long cut, int memberNumbers) {
        /** Where nothing has been read. */
        public static final BroadcastsRead FROM_START = new BroadcastsRead(0, 0, 0, 0);
    }

    /**
     * A checkpoint.
     *
     * @param epoch of the owner that wrote it
     * @param watermark the lowest offset of messages that is neither settled nor parked
     * @param eventsPosition the next offset of events to be read
     * @param partitions P at the time
     * @param messagesTopicId Kafka's id of the messages topic: another one means another log
     * @param eventsTopicId Kafka's id of the events topic
     * @param broadcasts how far broadcasts are read
     * @param settledAbove offsets above the watermark that are settled, rising; given away
     */
    public CheckpointRecord(
            long epoch,
            long watermark,
            long eventsPosition,
            int partitions,
            String messagesTopicId,
            String eventsTopicId,
            BroadcastsRead broadcasts,
            long[] settledAbove) {
        this.epoch = epoch;
        this.watermark = watermark;
        this.eventsPosition = eventsPosition;
        this.partitions = partitions;
        this.messagesTopicId = messagesTopicId;
        this.eventsTopicId = eventsTopicId;
        this.broadcasts = broadcasts;
        this.settledAbove = settledAbove;
    }

    /** The epoch of the owner that wrote it. */
    public long epoch() {
        return epoch;
    }

    /** The lowest offset of messages that is neither settled nor parked. */
    public long watermark() {
        return watermark;
    }

    /** The next offset of events to be read. */
    public long eventsPosition() {
        return eventsPosition;
    }

    /** P at the time. */
    public int partitions() {
        return partitions;
    }

    /** Kafka's id of the messages topic. */
    public String messagesTopicId() {
        return messagesTopicId;
    }

    /** Kafka's id of the events topic. */
    public String eventsTopicId() {
        return eventsTopicId;
    }

    /** How far broadcasts are read. */
    public BroadcastsRead broadcasts() {
        return broadcasts;
    }

    /** Offsets above the watermark that are settled, rising; not to be changed. */
    public long[] settledAbove() {
        return settledAbove;
    }

    /** The value of the record. */
    public byte[] encode() {
        BytesWriter out = new BytesWriter(96 + settledAbove.length * 2).u8(VERSION);
        out.i64(epoch)
                .i64(watermark)
                .i64(eventsPosition)
                .i32(partitions)
                .text(messagesTopicId)
                .text(eventsTopicId)
                .i64(broadcasts.position)
                .i64(broadcasts.marks)
                .i64(broadcasts.cut)
                .i32(broadcasts.memberNumbers)
                .count(settledAbove.length);
        long previous = watermark;
        for (long offset : settledAbove) {
            out.count(offset - previous);
            previous = offset;
        }
        return out.toBytes();
    }

    /**
     * The checkpoint of a record's value.
     *
     * @throws MalformedException where the bytes are none
     */
    public static CheckpointRecord decode(byte[] value) {
        BytesReader in = new BytesReader(value);
        Versions.read(in, VERSION);
        long epoch = in.offset("epoch");
        long watermark = in.offset("watermark");
        long eventsPosition = in.offset("events-position");
        int partitions = in.i32("partitions");
        if (partitions < 1) {
            throw new MalformedException("partitions", "1 or more, not " + partitions);
        }
        String messagesTopicId = in.text("messages-topic-id");
        String eventsTopicId = in.text("events-topic-id");
        BroadcastsRead broadcasts =
                new BroadcastsRead(
                        in.offset("broadcasts-position"),
                        in.offset("marks"),
                        in.offset("cut"),
                        in.i32("member-numbers"));
        if (broadcasts.memberNumbers < 0) {
            throw new MalformedException("member-numbers", "0 or more");
        }
        long[] settledAbove = new long[in.countOf("settled-above", 1)];
        long previous = watermark;
        for (int i = 0; i < settledAbove.length; i++) {
            long distance = in.count("settled-above");
            if ((distance == 0 && i > 0) || previous > Long.MAX_VALUE - distance) {
                throw new MalformedException("settled-above", "offsets rise");
            }
            previous += distance;
            settledAbove[i] = previous;
        }
        in.end("checkpoint");
        return new CheckpointRecord(
                epoch,
                watermark,
                eventsPosition,
                partitions,
                messagesTopicId,
                eventsTopicId,
                broadcasts,
                settledAbove);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof CheckpointRecord that
                && epoch == that.epoch
                && watermark == that.watermark
                && eventsPosition == that.eventsPosition
                && partitions == that.partitions
                && messagesTopicId.equals(that.messagesTopicId)
                && eventsTopicId.equals(that.eventsTopicId)
                && broadcasts.equals(that.broadcasts)
                && Arrays.equals(settledAbove, that.settledAbove);
    }

    @Override
    public int hashCode() {
        return Long.hashCode(epoch) * 31 + Long.hashCode(watermark);
    }

    @Override
    public String toString() {
        return "checkpoint epoch="
                + epoch
                + " watermark="
                + watermark
                + " events="
                + eventsPosition
                + " settledAbove="
                + settledAbove.length;
    }
}
