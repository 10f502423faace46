package io.lastmile.edge.session;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class CutOffTest {
    private static final long OWNER_WAIT = 30;
    private static final long KAFKA_WAIT = 40;
    private static final long NOBODY_WAIT = 300;
    private final CutOff cutOff = new CutOff(4, OWNER_WAIT, KAFKA_WAIT, NOBODY_WAIT);

    @Test
    void anOwnerThatDoesNotComeEndsItsPartition() {
        assertFalse(cutOff.claimed(1, 10, Ownership.UNOWNED, 100));
        assertFalse(cutOff.claimed(1, 10, Ownership.UNOWNED, 129));
        assertTrue(cutOff.claimed(1, 10, Ownership.UNOWNED, 130));
        assertFalse(cutOff.claimed(1, 10, Ownership.UNOWNED, 159), "the wait begins anew");
        assertTrue(cutOff.claimed(1, 10, Ownership.UNOWNED, 160));
        assertFalse(cutOff.claimed(2, 10, Ownership.UNOWNED, 160), "another partition");
    }

    @Test
    void anOwnerThatCameIsEnough() {
        assertFalse(cutOff.claimed(1, 10, Ownership.UNOWNED, 100));
        assertFalse(cutOff.claimed(1, 10, 10, 200));
        assertFalse(cutOff.claimed(1, 10, 12, 300), "a later one came");
        assertFalse(cutOff.claimed(1, 11, 10, 301), "a new claim has its own wait");
        assertFalse(cutOff.claimed(1, 11, 10, 330));
        assertTrue(cutOff.claimed(1, 11, 10, 331));
    }

    @Test
    void aFormerOwnerThatStillBeatsDoesNotCount() {
        assertFalse(cutOff.claimed(1, 20, 20, 100));
        assertFalse(cutOff.claimed(1, 10, 20, 200));
        assertFalse(cutOff.claimed(1, 10, Ownership.UNOWNED, 300));
    }

    @Test
    void aFormerOwnerThatStillBeatsDoesNotProlongTheWaitForTheNewer() {
        assertFalse(cutOff.claimed(1, 20, 10, 100));
        assertFalse(cutOff.claimed(1, 10, 10, 120));
        assertTrue(cutOff.claimed(1, 20, 10, 130));
    }

    @Test
    void aClaimBeyondThePartitionsIsIgnored() {
        assertFalse(cutOff.claimed(4, 10, Ownership.UNOWNED, 100));
        assertFalse(cutOff.claimed(-1, 10, Ownership.UNOWNED, 100));
    }

    @Test
    void kafkaAwayOnlyHereEndsAll() {
        assertFalse(cutOff.isolated(false, true, true, 100));
        assertFalse(cutOff.isolated(true, true, true, 120));
        assertFalse(cutOff.isolated(false, true, true, 130));
        assertFalse(cutOff.isolated(false, true, true, 169));
        assertTrue(cutOff.isolated(false, true, true, 170));
        assertFalse(cutOff.isolated(false, true, true, 171), "the wait begins anew");
    }

    @Test
    void kafkaAwayForEverybodyEndsNobody() {
        assertFalse(cutOff.isolated(false, false, true, 100));
        assertFalse(cutOff.isolated(false, false, true, 100_000));
    }

    @Test
    void nobodyThereForLongEndsAll() {
        assertFalse(cutOff.isolated(false, false, false, 100));
        assertFalse(cutOff.isolated(false, false, false, 399));
        assertTrue(cutOff.isolated(false, false, false, 400));
        assertFalse(cutOff.isolated(true, false, false, 100_000), "Kafka alone is enough");
    }
}
