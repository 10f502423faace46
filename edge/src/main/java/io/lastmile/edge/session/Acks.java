package io.lastmile.edge.session;

import io.lastmile.wire.record.CopiesAckedRecord;
import io.lastmile.wire.record.EventRecord.Ack;
import java.util.ArrayList;
import java.util.List;

/** What a device has acknowledged and is not handed on yet. One thread. */
final class Acks {
    /** Of messages: they will be one event. */
    private final List<Ack> ofMessages = new ArrayList<>(4);

    /** Of copies: each goes to those that other devices acknowledge. */
    private List<OfCopy> ofCopies = List.of();

    /**
     * That of a copy.
     *
     * @param offset of the broadcast's mark
     */
    record OfCopy(long offset, CopiesAckedRecord.Ack ack) {}

    boolean isEmpty() {
        return ofMessages.isEmpty() && ofCopies.isEmpty();
    }

    /**
     * Adds one.
     *
     * @param member {@link Window#NO_MEMBER} for a message
     */
    void add(Ack ack, int member, long session) {
        if (member == Window.NO_MEMBER) {
            ofMessages.add(ack);
            return;
        }
        if (ofCopies.isEmpty()) {
            ofCopies = new ArrayList<>(2);
        }
        ofCopies.add(
                new OfCopy(
                        ack.offset(),
                        new CopiesAckedRecord.Ack(
                                member,
                                session,
                                ack.sentAtMs(),
                                ack.acknowledgedAtMs(),
                                ack.proof(),
                                ack.reasonCode())));
    }

    /** Those of messages; empty where there are none. */
    List<Ack> ofMessages() {
        return List.copyOf(ofMessages);
    }

    /** Those of copies; empty where there are none. */
    List<OfCopy> ofCopies() {
        return ofCopies;
    }

    void clear() {
        ofMessages.clear();
        ofCopies = List.of();
    }
}
