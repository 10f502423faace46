package io.lastmile.bench.load;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lastmile.wire.MessageId;
import io.lastmile.wire.Outcome;
import org.junit.jupiter.api.Test;

class DeliveriesTest {
    @Test
    void whatComesAgainOrLateOrToAnotherIsTold() {
        Deliveries deliveries = new Deliveries(10);
        deliveries.given(3, 3);
        deliveries.given(3, 23);
        deliveries.given(3, 23); // again
        deliveries.given(3, 13); // late
        deliveries.given(4, 33); // of another
        assertEquals(2, deliveries.distinct());
        assertEquals(3, deliveries.again());
    }

    @Test
    void aSecondReceiptAndOneOfAnotherOutcomeAreTold() {
        Settlements settlements = new Settlements(2);
        settlements.accepted(new MessageId(0, 5));
        settlements.accepted(new MessageId(1, 5));
        settlements.settled(new MessageId(0, 5), Outcome.DELIVERED);
        settlements.settled(new MessageId(0, 5), Outcome.DELIVERED);
        assertEquals(1, settlements.delivered());
        assertEquals(1, settlements.surplus());
        assertEquals(1, settlements.undelivered());
        settlements.settled(new MessageId(1, 5), Outcome.EXPIRED);
        assertEquals(1, settlements.delivered());
        assertEquals(1, settlements.undelivered());
    }
}
