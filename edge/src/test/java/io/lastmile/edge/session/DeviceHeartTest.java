package io.lastmile.edge.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lastmile.edge.session.ClientPacket.Auth;
import io.lastmile.edge.session.ClientPacket.ConnectOfOtherVersion;
import io.lastmile.edge.session.ClientPacket.Disconnect;
import io.lastmile.edge.session.ClientPacket.Filter;
import io.lastmile.edge.session.ClientPacket.Puback;
import io.lastmile.edge.session.ClientPacket.Publish;
import io.lastmile.edge.session.ClientPacket.Pubrel;
import io.lastmile.edge.session.ClientPacket.Subscribe;
import io.lastmile.edge.session.ClientPacket.Unsubscribe;
import io.lastmile.edge.session.ClientPacket.Will;
import io.lastmile.edge.session.DeviceHeart.Phase;
import io.lastmile.wire.EndReason;
import io.lastmile.wire.Urgency;
import io.lastmile.wire.hop.HopFrame.Announce;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every row of the heart's table, in both versions. Long because the table is. */
@ParameterizedClass
@ValueSource(ints = {4, 5})
class DeviceHeartTest {
    private final int level;
    private final HeartWorld world = new HeartWorld();

    DeviceHeartTest(int level) {
        this.level = level;
    }

    /** What is said where the version has a DISCONNECT for it. */
    private List<String> said(String disconnect, String... others) {
        List<String> all = new ArrayList<>(List.of(others));
        if (level == 5) {
            all.addFirst("disconnect " + disconnect);
        }
        return all;
    }

    private static Unsubscribe unsubscribe() {
        return new Unsubscribe(2, List.of("inbox"));
    }

    private void puback(DeviceHeart heart, long offset) {
        world.read(heart, new Puback(world.session().packetId(offset), 0));
    }

    // ARRIVED

    @Test
    void connectAcceptedAtOnce() {
        DeviceHeart heart = world.arrived();
        assertEquals(Phase.ARRIVED, heart.state());
        world.read(heart, HeartWorld.connect(level));
        assertEquals(Phase.CONNECTED, heart.state());
        assertEquals(List.of("authenticate", "connack"), world.said());
        assertSame(heart, world.connected.find(HeartWorld.PHONE));
    }

    @Test
    void aNewerConnectionTakesOver() {
        DeviceHeart older = world.subscribed(level, 1);
        HeartWorld.FakeLink olderLink = world.link;
        DeviceHeart newer = world.arrived();
        world.read(newer, HeartWorld.connect(level));
        assertEquals(List.of("authenticate", "take over", "connack"), world.said());
        older.end(EndReason.TAKEN_OVER, world.nowMs);
        assertEquals(
                said("session-taken-over", "ends taken-over", "ended taken-over", "end"),
                world.said());
        assertTrue(olderLink.ended);
        assertSame(newer, world.connected.find(HeartWorld.PHONE));
    }

    @Test
    void connectWhoseVerdictComesLater() {
        world.verdict = world.later;
        DeviceHeart heart = world.arrived();
        world.read(heart, HeartWorld.connect(level));
        assertEquals(List.of("authenticate"), world.said());
        assertFalse(heart.takesPackets(), "it waits");
        heart.decided(
                world.later, new Verdict.Accepted(Verdict.FOR_EVER), world.nowMs, world.nanoTime());
        assertEquals(Phase.CONNECTED, heart.state());
        assertEquals(List.of("connack"), world.said());
        heart.decided(world.later, new Verdict.Busy(), world.nowMs, world.nanoTime());
        assertEquals(Phase.CONNECTED, heart.state(), "a verdict counts once");
    }

    @Test
    void aVerdictThatSaysNo() {
        for (Verdict no :
                List.of(
                        new Verdict.Refused("a stranger"),
                        new Verdict.Busy(),
                        new Verdict.Accepted(world.nowMs),
                        new Verdict.Accepted(-1))) {
            String reason =
                    no instanceof Verdict.Busy ? "server-busy" : "bad-user-name-or-password";
            for (boolean later : new boolean[] {false, true}) {
                world.verdict = later ? world.later : no;
                DeviceHeart heart = world.arrived();
                world.read(heart, HeartWorld.connect(level));
                if (later) {
                    heart.decided(world.later, no, world.nowMs, world.nanoTime());
                }
                assertEquals(Phase.OVER, heart.state());
                assertEquals(List.of("authenticate", "refused " + reason, "end"), world.said());
            }
        }
    }

    @Test
    void aVerdictForAnEdgeThatIsNotOpenAnyMore() {
        world.verdict = world.later;
        DeviceHeart heart = world.arrived();
        world.read(heart, HeartWorld.connect(level));
        world.kafkaReachable = false;
        heart.decided(
                world.later, new Verdict.Accepted(Verdict.FOR_EVER), world.nowMs, world.nanoTime());
        assertEquals(List.of("authenticate", "refused server-unavailable", "end"), world.said());
    }

    @Test
    void nobodyWaitsForAVerdictOfWhoIsGone() {
        for (String why : List.of("too many bytes", "deadline", "close")) {
            world.verdict = world.later;
            DeviceHeart heart = world.arrived();
            world.read(heart, HeartWorld.connect(level));
            switch (why) {
                case "close" -> heart.closed(false, world.nowMs);
                case "deadline" -> {
                    world.nowMs += 10_001;
                    heart.swept(world.nowMs, world.nanoTime());
                }
                default -> heart.heard(1_001, world.nowMs, world.nanoTime());
            }
            assertEquals(Phase.OVER, heart.state(), why);
            assertTrue(world.said().contains("forget"), why);
            heart.decided(
                    world.later,
                    new Verdict.Accepted(Verdict.FOR_EVER),
                    world.nowMs,
                    world.nanoTime());
            assertEquals(List.of(), world.said(), why);
        }
    }

    @Test
    void connectsThatAreRefused() {
        DeviceHeart badId = world.arrived();
        world.read(badId, HeartWorld.connect(level, "not an id", null));
        assertEquals(List.of("refused client-identifier-not-valid", "end"), world.said());
        DeviceHeart retained = world.arrived();
        world.read(retained, HeartWorld.connect(level, "a", new Will(1, true)));
        assertEquals(
                level == 5
                        ? List.of("refused retain-not-supported", "end")
                        : List.of("authenticate", "connack"),
                world.said());
        world.revokeAfter(0);
        world.read(world.arrived(), HeartWorld.connect(level));
        assertEquals(List.of("refused banned", "end"), world.said());
        world.admission.stop();
        world.read(world.arrived(), HeartWorld.connect(level));
        assertEquals(List.of("refused server-unavailable", "end"), world.said());
    }

    @Test
    void anotherVersion() {
        DeviceHeart heart = world.arrived();
        world.read(heart, new ConnectOfOtherVersion("MQTT", level == 5 ? 6 : 3));
        assertEquals(level, heart.level(), "as it is answered");
        assertEquals(List.of("refused unsupported-protocol-version", "end"), world.said());
        assertEquals(Phase.OVER, heart.state());
    }

    @Test
    void noConnect() {
        DeviceHeart noise = world.arrived();
        noise.broke(ReasonCode.MALFORMED_PACKET, "noise", world.nowMs);
        assertEquals(
                List.of("broke malformed-packet", "no connect: protocol error", "end"),
                world.said());
        DeviceHeart silent = world.arrived();
        world.nowMs += 10_000;
        silent.heard(1, world.nowMs, world.nanoTime());
        silent.swept(world.nowMs, world.nanoTime());
        assertEquals(Phase.ARRIVED, silent.state());
        world.nowMs += 1;
        silent.swept(world.nowMs, world.nanoTime());
        assertEquals(List.of("no connect: deadline", "end"), world.said());
        DeviceHeart gone = world.arrived();
        gone.closed(true, world.nowMs);
        assertEquals(List.of("no connect: closed"), world.said());
        assertEquals(Phase.OVER, gone.state());
    }

    @Test
    void aKeepAliveIsImposedOnMqtt5Only() {
        DeviceHeart heart = world.arrived();
        ClientPacket.Connect asked = HeartWorld.connect(level);
        world.read(
                heart,
                new ClientPacket.Connect(
                        level, asked.clientId(), 0, asked.limits(), false, null, asked.login()));
        assertEquals(level == 5 ? "connack 1200" : "connack", world.said().getLast());
    }

    // CONNECTED

    @Test
    void subscribeOpensASessionAndIsAnsweredWhenKafkaHasIt() {
        DeviceHeart heart = world.connected(level);
        world.read(heart, HeartWorld.subscribe(1));
        assertEquals(Phase.SUBSCRIBED, heart.state());
        assertEquals(List.of("opened"), world.said());
        world.confirm();
        assertEquals(List.of("suback [1]"), world.said());
        world.read(heart, HeartWorld.subscribe(0));
        assertEquals(List.of("suback [0]"), world.said(), "it is reachable");
    }

    @Test
    void nothingElseIsToBeHad() {
        DeviceHeart heart = world.connected(level);
        world.read(heart, new Subscribe(1, false, List.of(new Filter("news/#", 1))));
        assertEquals(Phase.CONNECTED, heart.state());
        assertEquals(List.of("suback [" + (level == 5 ? 0x8F : 0x80) + "]"), world.said());
        world.read(heart, unsubscribe());
        world.read(heart, ClientPacket.PING_REQUEST);
        world.read(heart, new Publish(1, 9));
        world.read(heart, new Publish(1, 10));
        world.read(heart, new Pubrel(11, 0));
        world.read(heart, new Puback(12, 0));
        assertEquals(
                List.of(
                        "unsuback [17]",
                        "pingresp",
                        "dropped 9 first",
                        "dropped 10",
                        "pubcomp 11",
                        "stray"),
                world.said());
    }

    @Test
    void aDrainClosesWhoHasNothing() {
        DeviceHeart connected = world.connected(level);
        connected.leave(world.nowMs);
        assertEquals(Phase.OVER, connected.state());
        assertEquals(said("server-shutting-down", "end"), world.said());
        DeviceHeart subscribed = world.subscribed(level, 1);
        subscribed.leave(world.nowMs);
        assertEquals(
                said("server-shutting-down", "ends edge-stopping", "ended edge-stopping", "end"),
                world.said());
    }

    // SUBSCRIBED

    @Test
    void aMessageIsSentAndAcknowledged() {
        DeviceHeart heart = world.subscribed(level, 1);
        assertTrue(world.give(heart, 42));
        puback(heart, 42);
        puback(heart, 42);
        assertEquals(List.of("publish 42", "acked [42]", "stray"), world.said());
    }

    @Test
    void aMessageIsDroppedThatWasSent() {
        DeviceHeart heart = world.subscribed(level, 1);
        assertTrue(world.give(heart, 42));
        assertTrue(world.give(heart, 41));
        assertEquals(List.of("publish 42"), world.said());
    }

    @Test
    void whatIsTooLongForTheDeviceIsSettledUnsent() {
        DeviceHeart heart = world.subscribed(level, 1);
        assertTrue(world.give(heart, 42, "x".repeat(101), Urgency.HIGH));
        assertEquals(List.of("acked [42]"), world.said());
    }

    @Test
    void whatIsNotUrgentIsHeldForTheNextPacketMessageOrTick() {
        DeviceHeart heart = world.subscribed(level, 1);
        assertTrue(world.give(heart, 1, "a", Urgency.VERY_LOW));
        assertEquals(List.of(), world.said());
        world.read(heart, ClientPacket.PING_REQUEST);
        assertEquals(List.of("pingresp", "publish 1"), world.said());
        assertTrue(world.give(heart, 2, "b", Urgency.VERY_LOW));
        assertTrue(world.give(heart, 3, "c", Urgency.HIGH));
        assertEquals(List.of("publish 2", "publish 3"), world.said());
        assertTrue(world.give(heart, 4, "d", Urgency.LOW));
        heart.swept(world.nowMs, world.nanoTime());
        assertEquals(List.of(), world.said());
        world.nowMs += 4_000;
        heart.swept(world.nowMs, world.nanoTime());
        assertEquals(List.of("publish 4"), world.said());
    }

    @Test
    void messagesWaitInLineWhileTheSocketIsFull() {
        DeviceHeart heart = world.subscribed(level, 1);
        world.link.full = true;
        assertTrue(world.give(heart, 1));
        assertTrue(world.give(heart, 2));
        world.read(heart, ClientPacket.PING_REQUEST);
        assertEquals(List.of("publish 1", "pingresp"), world.said());
        world.link.full = false;
        heart.flushed(world.nowMs);
        assertEquals(List.of("publish 2"), world.said());
    }

    @Test
    void atQos0TheSocketIsTheProof() {
        DeviceHeart heart = world.subscribed(level, 0);
        assertTrue(world.give(heart, 1));
        assertEquals(List.of("publish 1 at 0", "acked [1]"), world.said());
        world.link.full = true;
        assertTrue(world.give(heart, 2));
        assertEquals(List.of("publish 2 at 0"), world.said());
        heart.flushed(world.nowMs);
        assertEquals(List.of("acked [2]"), world.said());
    }

    @Test
    void unsubscribeEndsTheSessionOnly() {
        DeviceHeart heart = world.subscribed(level, 1);
        Session first = world.session();
        assertTrue(world.give(heart, 1));
        puback(heart, 1);
        world.said();
        world.read(heart, unsubscribe());
        assertEquals(Phase.CONNECTED, heart.state());
        assertEquals(List.of("ends unsubscribed", "unsuback [0]"), world.said());
        world.confirm();
        assertEquals(List.of("ended unsubscribed"), world.said(), "once its acked is in Kafka");
        assertNull(world.life.sessions().find(first.partition(), first.number()));
        world.read(heart, HeartWorld.subscribe(1));
        assertEquals(Phase.SUBSCRIBED, heart.state());
        assertEquals(List.of("opened"), world.said());
    }

    @Test
    void aDrainWaitsForWhatTheDeviceHas() {
        DeviceHeart heart = world.subscribed(level, 1);
        assertTrue(world.give(heart, 1));
        assertTrue(world.give(heart, 2, "held", Urgency.VERY_LOW));
        heart.leave(world.nowMs);
        assertEquals(Phase.LEAVING, heart.state());
        assertFalse(world.give(heart, 3), "it is given no more");
        puback(heart, 1);
        assertEquals(List.of("publish 1", "publish 2", "acked [1]"), world.said());
        puback(heart, 2);
        assertEquals(Phase.OVER, heart.state());
        assertEquals(
                said("server-shutting-down", "acked [2]", "ends edge-stopping", "end"),
                world.said());
    }

    @Test
    void inADrainOneThatUnsubscribesIsClosed() {
        DeviceHeart heart = world.subscribed(level, 1);
        assertTrue(world.give(heart, 1));
        heart.leave(world.nowMs);
        world.read(heart, unsubscribe());
        assertEquals(Phase.OVER, heart.state());
        assertTrue(world.link.ended);
    }

    @Test
    void anOwnerThatDoesNotKeepToTheWindow() {
        DeviceHeart heart = world.subscribed(level, 1);
        for (int offset = 1; offset <= 4; offset++) {
            assertTrue(world.give(heart, offset));
        }
        world.said();
        assertFalse(world.give(heart, 5));
        assertEquals(said("quota-exceeded", "ends slow", "ended slow", "end"), world.said());
    }

    // Ends.

    @ParameterizedTest
    @EnumSource
    void everyEndIsTheEndOfItsSession(EndReason reason) {
        DeviceHeart heart = world.subscribed(level, 1);
        Session session = world.session();
        assertTrue(world.give(heart, 1));
        heart.end(session, reason, world.nowMs);
        List<String> said = world.said();
        assertEquals(
                List.of("ends " + reason.label(), "ended " + reason.label(), "end"),
                said.subList(said.size() - 3, said.size()));
        assertEquals(
                level == 5 && reason != EndReason.CLOSED_BY_DEVICE,
                said.get(1).startsWith("disconnect "));
        assertEquals(0, world.connected.size());
        heart.closed(false, world.nowMs);
        heart.end(EndReason.SLOW, world.nowMs);
        heart.leave(world.nowMs);
        heart.flushed(world.nowMs);
        assertEquals(List.of(), world.said(), "once only");
        assertFalse(world.give(heart, 2), "it is over");
        world.confirm();
        assertEquals(0, world.life.sessions().size());
    }

    @Test
    void whatEndsAConnection() {
        DeviceHeart goodbye = world.subscribed(level, 1);
        world.read(goodbye, new Disconnect(0));
        assertEquals(
                List.of("ends closed-by-device", "ended closed-by-device", "end"), world.said());
        DeviceHeart wrong = world.subscribed(level, 1);
        world.read(wrong, new Auth(0));
        assertEquals("broke protocol-error", world.said().getFirst());
        DeviceHeart stalled = world.subscribed(level, 1);
        stalled.stalled(world.nowMs);
        assertTrue(world.said().contains("ended slow"));
        DeviceHeart revoked = world.subscribed(level, 1);
        revoked.revoke(world.nowMs);
        assertEquals(
                said("administrative-action", "ends revoked", "ended revoked", "end"),
                world.said());
        DeviceHeart broken = world.subscribed(level, 1);
        broken.closed(true, world.nowMs);
        assertEquals(List.of("ends connection-lost", "ended connection-lost"), world.said());
        for (DeviceHeart heart : List.of(goodbye, wrong, stalled, revoked, broken)) {
            assertEquals(Phase.OVER, heart.state());
        }
    }

    @Test
    void whatATickEnds() {
        DeviceHeart silent = world.subscribed(level, 1);
        world.nowMs += 90_000;
        silent.swept(world.nowMs, world.nanoTime());
        assertEquals(Phase.SUBSCRIBED, silent.state());
        world.nowMs += 1;
        silent.swept(world.nowMs, world.nanoTime());
        assertTrue(world.said().contains("ended keep-alive"));
        world.verdict = new Verdict.Accepted(world.nowMs + 5_000);
        DeviceHeart expired = world.subscribed(level, 1);
        world.nowMs += 5_000;
        expired.swept(world.nowMs, world.nanoTime());
        assertTrue(world.said().contains("ended revoked"));
        world.verdict = new Verdict.Accepted(Verdict.FOR_EVER);
        DeviceHeart overdue = world.subscribed(level, 1);
        assertTrue(world.give(overdue, 1));
        overdue.swept(world.nowMs, world.nanoTime());
        world.nowMs += 60_001;
        overdue.swept(world.nowMs, world.nanoTime());
        assertTrue(world.said().contains("ended ack-deadline"));
    }

    @Test
    void whoIsRevokedWhileItComesInIsClosed() {
        world.verdict = world.later;
        DeviceHeart heart = world.arrived();
        world.read(heart, HeartWorld.connect(level));
        world.said();
        world.revokeAfter(1);
        heart.decided(
                world.later, new Verdict.Accepted(Verdict.FOR_EVER), world.nowMs, world.nanoTime());
        List<String> expected = new ArrayList<>(said("administrative-action", "end"));
        expected.addFirst("connack");
        assertEquals(expected, world.said());
    }

    @Test
    void anOwnerHasItAnnouncedAgain() {
        DeviceHeart heart = world.subscribed(level, 1);
        Session session = world.session();
        assertNull(
                heart.take(
                        session,
                        new Announce(session.partition(), 1, session.number()),
                        world.nowMs));
        assertEquals(List.of("opened"), world.said());
    }
}
