package io.lastmile.edge.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lastmile.edge.session.ClientPacket.Filter;
import io.lastmile.edge.session.ClientPacket.PingRequest;
import io.lastmile.edge.session.ClientPacket.Puback;
import io.lastmile.edge.session.ClientPacket.Subscribe;
import io.lastmile.wire.EndReason;
import java.util.List;
import org.junit.jupiter.api.Test;

/** To a device a copy of a broadcast is as a message; to Kafka its acknowledgement is not. */
class CopiesTest {
    private final HeartWorld world = new HeartWorld();

    private void puback(DeviceHeart heart, long offset) {
        world.read(heart, new Puback(world.session().packetId(offset), 0));
    }

    @Test
    void acknowledgedWithItsMember() {
        DeviceHeart heart = world.subscribed(5, 1);
        assertTrue(world.give(heart, 10));
        assertTrue(world.giveCopy(heart, 11, 44, "news"));
        assertTrue(world.give(heart, 12));
        assertTrue(world.giveCopy(heart, 13, 45, "news"), "another number, as of another time");
        assertEquals(
                List.of("publish 10", "publish 11 to inbox", "publish 12", "publish 13 to inbox"),
                world.said());
        puback(heart, 12);
        puback(heart, 11);
        puback(heart, 13);
        puback(heart, 10);
        assertEquals(
                List.of(
                        "acked [12]",
                        "copy acked 11 of member 44 PUBACK",
                        "copy acked 13 of member 45 PUBACK",
                        "acked [10]"),
                world.said());
        assertEquals(13, world.session().highestSent());
    }

    @Test
    void onceAndInOrder() {
        DeviceHeart heart = world.subscribed(5, 1);
        assertTrue(world.giveCopy(heart, 11, 44, "news"));
        world.said();
        assertTrue(world.giveCopy(heart, 11, 44, "news"));
        assertTrue(world.give(heart, 11));
        assertEquals(List.of(), world.said());
    }

    @Test
    void inTheWindow() {
        DeviceHeart heart = world.subscribed(5, 1);
        for (int offset = 1; offset <= 4; offset++) {
            assertTrue(world.giveCopy(heart, offset, 44, "news"));
        }
        world.said();
        assertFalse(world.giveCopy(heart, 5, 44, "news"), "the owner keeps to the window");
        assertEquals(
                List.of("disconnect quota-exceeded", "ends slow", "ended slow", "end"),
                world.said());
        assertFalse(world.giveCopy(heart, 6, 44, "news"), "it is not here");
    }

    @Test
    void theEndWaitsForItsAcknowledgement() {
        DeviceHeart heart = world.subscribed(5, 1);
        world.giveCopy(heart, 11, 44, "news");
        puback(heart, 11);
        heart.end(EndReason.CONNECTION_LOST, world.nowMs);
        List<String> said = world.said();
        assertTrue(said.contains("ends connection-lost"), said.toString());
        assertFalse(said.contains("ended connection-lost"), said.toString());
        world.confirm();
        assertEquals(List.of("ended connection-lost"), world.said());
        assertEquals(0, world.life.sessions().size());
    }

    @Test
    void atQos0TheSocketAcknowledges() {
        DeviceHeart heart = world.subscribed(5, 0);
        world.giveCopy(heart, 11, 44, "news");
        assertEquals(
                List.of("publish 11 to inbox at 0", "copy acked 11 of member 44 SENT"),
                world.said());
    }

    @Test
    void whatIsTooLongIsNotSent() {
        DeviceHeart heart = world.subscribed(5, 1);
        world.tooLongBytes = 3;
        world.giveCopy(heart, 11, 44, "news");
        assertEquals(List.of("copy acked 11 of member 44 NONE"), world.said());
    }

    @Test
    void waitsBehindWhatTheSocketDoesNotTake() {
        DeviceHeart heart = world.subscribed(5, 1);
        world.link.full = true;
        world.giveCopy(heart, 11, 44, "news");
        world.giveCopy(heart, 12, 44, "news");
        assertEquals(List.of("publish 11 to inbox"), world.said());
        world.link.full = false;
        heart.flushed(world.nowMs);
        assertEquals(List.of("publish 12 to inbox"), world.said());
        world.read(heart, new PingRequest());
    }

    @Test
    void theTopicShowsTheMarkWhereItWasAskedFor() {
        DeviceHeart heart = world.connected(5);
        world.read(heart, new Subscribe(1, false, List.of(new Filter("inbox/+", 1))));
        world.confirm();
        world.said();
        world.giveCopy(heart, 11, 44, "news");
        assertTrue(world.said().getFirst().matches("publish 11 to inbox/[0-9]-11"));
    }
}
