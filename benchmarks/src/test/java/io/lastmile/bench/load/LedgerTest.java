package io.lastmile.bench.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.lastmile.wire.DeviceId;
import io.lastmile.wire.MessageId;
import io.lastmile.wire.Outcome;
import io.lastmile.wire.Payload;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A ledger that overlooks something would let every test that trusts it pass. */
class LedgerTest {
    private static final DeviceId A = new DeviceId("a");
    private static final DeviceId B = new DeviceId("b");

    private final Ledger ledger = new Ledger();

    @Test
    void whatDidNotComeIsMissing() {
        ledger.accepted(id(1), A);
        ledger.accepted(id(2), A);
        receive(A, id(2));
        assertEquals(List.of(id(1)), ledger.missing());
    }

    @Test
    void whatCameToAnotherDeviceIsMissingAndMisplaced() {
        ledger.accepted(id(1), A);
        receive(B, id(1));
        assertEquals(List.of(id(1)), ledger.missing());
        assertEquals(List.of(id(1)), ledger.misplaced());
    }

    @Test
    void everyRepetitionIsADuplicateAndNoneIsMisplaced() {
        receive(A, id(1));
        receive(A, id(2));
        receive(A, id(1));
        receive(A, id(1));
        assertEquals(List.of(id(1), id(1)), ledger.duplicates());
        assertEquals(List.of(), ledger.misplaced());
    }

    @Test
    void whatComesAfterALaterOneIsMisplaced() {
        receive(A, id(2));
        receive(A, id(1));
        receive(A, id(3));
        assertEquals(List.of(id(1)), ledger.misplaced());
        assertEquals(List.of(), ledger.duplicates());
    }

    @Test
    void exactlyOneReceiptIsRight() {
        ledger.accepted(id(1), A);
        ledger.accepted(id(2), A);
        ledger.accepted(id(3), A);
        ledger.settled(id(1), Outcome.DELIVERED);
        ledger.settled(id(2), Outcome.DELIVERED);
        ledger.settled(id(2), Outcome.EXPIRED);
        assertEquals(List.of(id(2), id(3)), ledger.notSettledOnce());
    }

    @Test
    void aMessageWithoutAnIdCannotBeEntered() {
        assertThrows(IllegalArgumentException.class, () -> receive(A, null));
    }

    private void receive(DeviceId device, @Nullable MessageId id) {
        ledger.received(new Received(device, id, "inbox", Payload.EMPTY, false, 0));
    }

    private static MessageId id(long offset) {
        return new MessageId(0, offset);
    }
}
