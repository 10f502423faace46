package io.lastmile.edge.session;

import io.lastmile.wire.DeviceId;
import io.lastmile.wire.Incarnation;
import io.lastmile.wire.record.CopiesAckedRecord;
import io.lastmile.wire.record.EventRecord;

/** Where the events of sessions go, to be kept until Kafka has them. Any thread. */
public interface EventSink {
    /**
     * Takes an event and never waits.
     *
     * @param partition of the device
     * @param confirmation is told, on any thread, once Kafka has it
     */
    void write(DeviceId device, int partition, EventRecord event, Confirmation confirmation);

    /**
     * Takes an acknowledgement of a copy and never waits. It is written together with those of
     * other devices on the same broadcast.
     *
     * @param partition of the device
     * @param edge where its session is
     * @param offset of the broadcast's mark
     * @param confirmation is told, on any thread, once Kafka has it
     */
    void acknowledge(
            int partition,
            Incarnation edge,
            long offset,
            CopiesAckedRecord.Ack ack,
            Confirmation confirmation);

    /**
     * Says that what was written is wanted soon, since a session takes no more before Kafka has it;
     * acknowledgements may wait for others otherwise. Never waits.
     */
    default void hasten() {}

    /** Told that Kafka has an event. */
    @FunctionalInterface
    interface Confirmation {
        /** Kafka has it at this offset. */
        void confirmed(long offset);
    }
}
