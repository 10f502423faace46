package io.lastmile.edge.kafka;

import io.lastmile.edge.session.EventSink.Confirmation;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.Incarnation;
import io.lastmile.wire.record.CopiesAckedRecord;
import io.lastmile.wire.record.EventRecord;
import java.util.List;

/** What is on its way to Kafka. */
sealed interface Pending {
    /** An event of a session. */
    record OfSession(
            DeviceId device,
            int partition,
            EventRecord event,
            Confirmation confirmation,
            long writtenNs)
            implements Pending {}

    /** An acknowledgement of a copy, to be written together with others. */
    record OfCopy(Mark mark, CopiesAckedRecord.Ack ack, Confirmation confirmation, long writtenNs)
            implements Pending {}

    /** Those that are written together. */
    record OfCopies(Mark mark, List<OfCopy> all) implements Pending {
        CopiesAckedRecord record() {
            return new CopiesAckedRecord(
                    mark.edge, mark.offset, all.stream().map(OfCopy::ack).toList());
        }
    }

    /** What acknowledgements of copies have in common that are written together. */
    record Mark(int partition, Incarnation edge, long offset) {}
}
