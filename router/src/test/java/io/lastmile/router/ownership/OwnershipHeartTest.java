package io.lastmile.router.ownership;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lastmile.router.ownership.OwnershipCommand.CancelClaim;
import io.lastmile.router.ownership.OwnershipCommand.DeclareGone;
import io.lastmile.router.ownership.OwnershipCommand.Drop;
import io.lastmile.router.ownership.OwnershipCommand.Fence;
import io.lastmile.router.ownership.OwnershipCommand.HandOver;
import io.lastmile.router.ownership.OwnershipCommand.ReadNodes;
import io.lastmile.router.ownership.OwnershipCommand.Serve;
import io.lastmile.router.ownership.OwnershipCommand.StartClaim;
import io.lastmile.router.ownership.OwnershipCommand.TakeNextIncarnation;
import io.lastmile.router.ownership.OwnershipEvent.ClaimFailed;
import io.lastmile.router.ownership.OwnershipEvent.ClaimPrepared;
import io.lastmile.router.ownership.OwnershipEvent.ClaimRestored;
import io.lastmile.router.ownership.OwnershipEvent.Closing;
import io.lastmile.router.ownership.OwnershipEvent.HandedOver;
import io.lastmile.router.ownership.OwnershipEvent.IncarnationTaken;
import io.lastmile.router.ownership.OwnershipEvent.NodesRead;
import io.lastmile.router.ownership.OwnershipEvent.OwnerFailed;
import io.lastmile.router.ownership.OwnershipEvent.RouterBeat;
import io.lastmile.router.ownership.OwnershipEvent.RouterGone;
import io.lastmile.router.ownership.OwnershipEvent.Tick;
import io.lastmile.wire.Incarnation;
import io.lastmile.wire.NodeRole;
import io.lastmile.wire.record.NodeRecord;
import io.lastmile.wire.record.NodeRecord.Claim;
import io.lastmile.wire.record.NodeRecord.RouterPartitions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Each line of the table in {@link OwnershipHeart}. One partition, so one router owns it. */
final class OwnershipHeartTest {
    private static final int PARTITION = 0;

    private Incarnation self = new Incarnation("router-1", 1);
    private final OwnershipHeart heart =
            new OwnershipHeart(self, new OwnershipSettings(1, 300, 4), 0);
    private long sequence;
    private long nowMs;

    private static NodeRecord.Heartbeat beat(long sequence, boolean draining, Claim... claims) {
        return new NodeRecord.Heartbeat(
                NodeRole.ROUTER,
                draining,
                sequence,
                0,
                "",
                Map.of(),
                Map.of(),
                new RouterPartitions(List.of(claims), Set.of()));
    }

    private List<OwnershipCommand> ownBeat() {
        nowMs += 300;
        List<OwnershipCommand> commands = new ArrayList<>(heart.on(new Tick(nowMs)));
        commands.addAll(heart.on(new RouterBeat(self, beat(++sequence, false), nowMs)));
        return commands;
    }

    private List<OwnershipCommand> otherBeat(Incarnation other, long number, Claim... claims) {
        return heart.on(new RouterBeat(other, beat(number, false, claims), nowMs));
    }

    /** A router that would own the partition if it lived beside this one. */
    private static Incarnation winner() {
        for (int i = 0; ; i++) {
            String name = "winner-" + i;
            var both =
                    new java.util.TreeMap<String, Set<Integer>>(
                            Map.of("router-1", Set.of(), name, Set.of()));
            if (name.equals(Assignment.of(both, 1)[PARTITION])) {
                return new Incarnation(name, 1);
            }
        }
    }

    private void live() {
        for (int i = 0; i < 3; i++) {
            assertEquals(List.of(), ownBeat());
        }
        assertEquals(List.of(new StartClaim(PARTITION, 1)), ownBeat());
    }

    private void confirming() {
        live();
        assertEquals(
                List.of(new ReadNodes(PARTITION, 1)), heart.on(new ClaimPrepared(PARTITION, 1)));
    }

    private void fencing() {
        confirming();
        assertEquals(List.of(new Fence(PARTITION, 1)), heart.on(new NodesRead(PARTITION, 1, true)));
    }

    private void owned() {
        fencing();
        assertEquals(
                List.of(new Serve(PARTITION, 70)), heart.on(new ClaimRestored(PARTITION, 1, 70)));
        assertTrue(heart.isSettled());
    }

    @Test
    void aRouterLivesFromItsFourthHeartbeatAndThenClaims() {
        live();
        assertFalse(heart.isSettled());
        assertEquals(1, heart.claiming());
    }

    @Test
    void aHeartbeatOutOfTurnMakesNobodyLive() {
        ownBeat();
        for (int i = 0; i < 9; i++) {
            assertEquals(List.of(), heart.on(new RouterBeat(self, beat(1, false), nowMs)));
        }
    }

    @Test
    void aClaimIsConfirmedBeforeItFences() {
        owned();
    }

    @Test
    void aClaimIsCancelledWhileItRestores() {
        live();
        assertEquals(List.of(new CancelClaim(PARTITION, 1)), otherBeat(winner(), 4));
        assertEquals(List.of(), heart.on(new ClaimPrepared(PARTITION, 1)));
    }

    @Test
    void aClaimIsCancelledWhileItWaitsForTheWord() {
        confirming();
        assertEquals(List.of(new CancelClaim(PARTITION, 1)), otherBeat(winner(), 4));
        assertEquals(List.of(), heart.on(new NodesRead(PARTITION, 1, true)));
    }

    /** A process that was asleep must not fence one that serves well. */
    @Test
    void withoutAFreshHeartbeatNothingIsFenced() {
        confirming();
        assertEquals(List.of(), heart.on(new NodesRead(PARTITION, 1, false)));
        assertEquals(List.of(new ReadNodes(PARTITION, 1)), heart.on(new Tick(nowMs + 100)));
        assertEquals(List.of(), heart.on(new Tick(nowMs + 200)), "asked once at a time");
        assertEquals(List.of(new Fence(PARTITION, 1)), heart.on(new NodesRead(PARTITION, 1, true)));
    }

    /** It has fenced: until the other claims, nobody else serves the devices. */
    @Test
    void aClaimThatFencesIsServedThoughTheLogGivesThePartitionAway() {
        fencing();
        assertEquals(List.of(), otherBeat(winner(), 4));
        assertEquals(
                List.of(new Serve(PARTITION, 70)), heart.on(new ClaimRestored(PARTITION, 1, 70)));
    }

    @Test
    void whatIsGivenAwayIsServedUntilAnotherHasClaimedIt() {
        owned();
        Incarnation other = winner();
        assertEquals(List.of(), otherBeat(other, 4));
        assertEquals(List.of(), otherBeat(other, 5, new Claim(PARTITION, 69)), "an older claim");
        assertEquals(
                List.of(new Drop(PARTITION, 70)), otherBeat(other, 6, new Claim(PARTITION, 71)));
        assertTrue(heart.isIdle());
    }

    @Test
    void whatComesBackBeforeAnybodyClaimedItIsOwnedAsBefore() {
        owned();
        Incarnation other = winner();
        otherBeat(other, 4);
        assertEquals(List.of(), heart.on(new RouterGone(other)));
        assertTrue(heart.isSettled());
    }

    @Test
    void aFencedOwnerClaimsAgainOnlyWhatIsStillGivenToIt() {
        owned();
        assertEquals(List.of(new Drop(PARTITION, 70)), heart.on(new OwnerFailed(PARTITION, 70)));
        assertEquals(List.of(), heart.on(new OwnerFailed(PARTITION, 70)), "said twice");
        assertEquals(List.of(), heart.on(new Tick(nowMs + OwnershipHeart.RETRY_MS - 1)));
        assertEquals(
                List.of(new StartClaim(PARTITION, 2)),
                heart.on(new Tick(nowMs + OwnershipHeart.RETRY_MS)));

        heart.on(new ClaimFailed(PARTITION, 2));
        otherBeat(winner(), 4);
        assertEquals(List.of(), heart.on(new Tick(nowMs + 9_000)));
        assertTrue(heart.isIdle());
    }

    @Test
    void aClaimThatWasCancelledAndIsDoneAllTheSameIsDropped() {
        live();
        otherBeat(winner(), 4);
        assertEquals(
                List.of(new Drop(PARTITION, 70)), heart.on(new ClaimRestored(PARTITION, 1, 70)));
    }

    @Test
    void claimsThatFailForLongAreSaidInHeartbeats() {
        live();
        long attempt = 1;
        heart.on(new ClaimFailed(PARTITION, attempt++));
        for (long sinceMs = 300; sinceMs < OwnershipHeart.UNABLE_AFTER_MS; sinceMs += 300) {
            for (OwnershipCommand command : ownBeat()) {
                assertEquals(new StartClaim(PARTITION, attempt), command);
                heart.on(new ClaimFailed(PARTITION, attempt++));
            }
            assertEquals(Set.of(), heart.unable(), "after " + sinceMs + " ms");
        }
        ownBeat();
        assertEquals(Set.of(PARTITION), heart.unable());
    }

    /** All claims of all routers fail then, and no partition is to move for that. */
    @Test
    void claimsThatFailWhileKafkaStandsStillAreNot() {
        live();
        heart.on(new ClaimFailed(PARTITION, 1));
        nowMs += 60_000;
        ownBeat();
        assertEquals(Set.of(), heart.unable());
    }

    /** A process that was asleep has tried nothing meanwhile. */
    @Test
    void timeAsleepIsNoTimeOfFailing() {
        live();
        heart.on(new ClaimFailed(PARTITION, 1));
        heart.on(new Tick(nowMs + OwnershipHeart.UNABLE_AFTER_MS));
        heart.on(new RouterBeat(self, beat(++sequence, false), nowMs + 300)); // in time
        assertEquals(Set.of(), heart.unable());
    }

    @Test
    void aSilentRouterIsDeclaredGone() {
        Incarnation other = new Incarnation("router-2", 1);
        live();
        otherBeat(other, 4);
        for (int i = 0; i < 3; i++) {
            assertFalse(ownBeat().contains(new DeclareGone(other)));
        }
        assertTrue(ownBeat().contains(new DeclareGone(other)));
        for (int i = 0; i < 3; i++) {
            assertFalse(ownBeat().contains(new DeclareGone(other)));
        }
        assertTrue(ownBeat().contains(new DeclareGone(other)), "the word was not written");
        heart.on(new RouterGone(other));
        for (int i = 0; i < 9; i++) {
            assertFalse(ownBeat().contains(new DeclareGone(other)));
        }
    }

    @Test
    void aRouterThatLeavesIsNotDeclaredGone() {
        Incarnation other = new Incarnation("router-2", 1);
        live();
        otherBeat(other, 4);
        heart.on(new RouterBeat(other, beat(5, true), nowMs));
        for (int i = 0; i < 10; i++) {
            assertFalse(ownBeat().contains(new DeclareGone(other)));
        }
    }

    /** The log gives all away; nobody has claimed it, so it is served on. */
    @Test
    void whoReadsThatItIsGoneServesOnAndTakesItsNextIncarnation() {
        owned();
        assertEquals(List.of(new TakeNextIncarnation()), heart.on(new RouterGone(self)));
        assertEquals(List.of(), heart.on(new RouterGone(self)), "two have said so");
        self = new Incarnation("router-1", 2);
        sequence = 0;
        heart.on(new IncarnationTaken(self));
        for (int i = 0; i < 4; i++) {
            assertEquals(List.of(), ownBeat());
        }
        assertTrue(heart.isSettled());
    }

    @Test
    void whoReadsThatItsNextIncarnationIsGoneTooTakesAnother() {
        owned();
        heart.on(new RouterGone(self));
        Incarnation next = new Incarnation("router-1", 2);
        assertEquals(List.of(), heart.on(new RouterGone(next)));
        assertEquals(List.of(new TakeNextIncarnation()), heart.on(new IncarnationTaken(next)));
    }

    @Test
    void aHeartbeatOfOneThatIsGoneCountsForNothing() {
        live();
        Incarnation other = winner();
        otherBeat(other, 4);
        heart.on(new RouterGone(other));
        otherBeat(other, 5);
        assertFalse(heart.isIdle(), "the partition is this router's");
    }

    @Test
    void ofTwoIncarnationsOfANameTheLaterCounts() {
        owned();
        Incarnation later = new Incarnation("router-1", 9);
        otherBeat(later, 3);
        assertTrue(heart.isSettled());
        otherBeat(later, 4);
        assertFalse(heart.isSettled());
    }

    @Test
    void whoStopsWithNobodyElseHandsOverAtOnce() {
        owned();
        heart.on(new Closing());
        assertEquals(List.of(new HandOver(PARTITION, 70)), heart.on(new Tick(nowMs)));
        assertEquals(List.of(new Drop(PARTITION, 70)), heart.on(new HandedOver(PARTITION, 70)));
        assertTrue(heart.isIdle());
    }

    @Test
    void whoStopsBesideOthersServesUntilTheyHaveClaimedOrForAWhile() {
        owned();
        otherBeat(new Incarnation("router-2", 1), 4);
        heart.on(new Closing());
        assertEquals(List.of(), heart.on(new Tick(nowMs + OwnershipHeart.CLOSING_WAIT_MS)));
        assertEquals(
                List.of(new HandOver(PARTITION, 70)),
                heart.on(new Tick(nowMs + OwnershipHeart.CLOSING_WAIT_MS + 1)));
    }

    @Test
    void whoStopsClaimsNothingMore() {
        live();
        assertEquals(List.of(new CancelClaim(PARTITION, 1)), heart.on(new Closing()));
        assertEquals(List.of(), ownBeat());
        assertTrue(heart.isIdle());
    }
}
