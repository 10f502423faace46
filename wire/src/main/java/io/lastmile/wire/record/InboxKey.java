package io.lastmile.wire.record;

import io.lastmile.wire.BroadcastId;
import io.lastmile.wire.BytesReader;
import io.lastmile.wire.BytesWriter;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.MalformedException;

/**
 * A key of {@code lastmile.inbox}: its first byte says which of eight kinds of state the value is.
 */
public sealed interface InboxKey {
    /** A parked message: value {@link ParkedRecord}. */
    record Parked(DeviceId device, long offset) implements InboxKey {}

    /** An idempotency key in its window: value {@link IdempotencyRecord}. */
    record Idempotency(DeviceId device, String key) implements InboxKey {}

    /** The partition's checkpoint: value {@link CheckpointRecord}. */
    record Checkpoint() implements InboxKey {}

    /** The partition's claim: value {@link ClaimRecord}. */
    record Claim() implements InboxKey {}

    /**
     * The misplaced message that an owner of that other partition appended here last: value {@link
     * ArrivalRecord}.
     */
    record Arrival(int fromPartition) implements InboxKey {}

    /**
     * A broadcast in this partition, at the offset of its mark: value {@link BroadcastStateRecord}.
     */
    record Mark(long offset) implements InboxKey {}

    /**
     * {@value MemberBits#BITS} members of a broadcast, from {@code index} times as many on: value
     * {@link OutcomesRecord}.
     */
    record Members(long offset, int index) implements InboxKey {}

    /** A broadcast that waits for its time: value {@link MarkRecord}. */
    record Scheduled(BroadcastId id) implements InboxKey {}

    /** The key of the record. */
    default byte[] encode() {
        BytesWriter out = new BytesWriter(48);
        switch (this) {
            case Parked parked -> out.u8(1).text(parked.device.value()).i64(parked.offset);
            case Idempotency known -> out.u8(2).text(known.device.value()).text(known.key);
            case Checkpoint _ -> out.u8(3);
            case Claim _ -> out.u8(4);
            case Arrival arrival -> out.u8(5).i32(arrival.fromPartition);
            case Mark mark -> out.u8(6).i64(mark.offset);
            case Scheduled scheduled -> out.u8(8).i64(scheduled.id.offset());
            case Members members -> out.u8(7).i64(members.offset).i32(members.index);
        }
        return out.toBytes();
    }

    /**
     * The key of a record's bytes.
     *
     * @throws MalformedException where the bytes are none
     */
    static InboxKey decode(byte[] key) {
        BytesReader in = new BytesReader(key);
        int kind = in.u8("kind");
        InboxKey decoded =
                switch (kind) {
                    case 1 -> new Parked(in.device("device"), in.offset("offset"));
                    case 2 -> new Idempotency(in.device("device"), in.text("key"));
                    case 3 -> new Checkpoint();
                    case 4 -> new Claim();
                    case 5 -> new Arrival(in.i32("partition"));
                    case 6 -> new Mark(in.offset("offset"));
                    case 7 -> new Members(in.offset("offset"), index(in));
                    case 8 -> new Scheduled(new BroadcastId(in.offset("broadcast")));
                    default -> throw new MalformedException("kind", "1 to 8, not " + kind);
                };
        in.end("inbox key");
        return decoded;
    }

    private static int index(BytesReader in) {
        int index = in.i32("index");
        if (index < 0) {
            throw new MalformedException("index", "0 or more");
        }
        return index;
    }
}
