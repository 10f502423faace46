package io.lastmile.edge.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lastmile.edge.session.ClientPacket.Disconnect;
import io.lastmile.edge.session.ClientPacket.Filter;
import io.lastmile.edge.session.ClientPacket.Subscribe;
import io.lastmile.edge.session.ClientPacket.Unsubscribe;
import io.lastmile.edge.session.DeviceHeart.Phase;
import io.lastmile.wire.ChannelName;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every row of the tables of channels, by what a heart with some says. */
class ChannelSubscriptionsTest {
    private final HeartWorld world = new HeartWorld();

    private DeviceHeart connected(int level, List<String> subscribe, List<String> join) {
        world.verdict = new Verdict.Accepted(Verdict.FOR_EVER, ChannelRights.of(subscribe, join));
        return world.connected(level);
    }

    private DeviceHeart connected() {
        return connected(5, List.of("*"), List.of());
    }

    private DeviceHeart subscribed(String... topicFilters) {
        DeviceHeart heart = connected();
        world.read(heart, HeartWorld.subscribe(null, topicFilters));
        world.confirm();
        world.said();
        return heart;
    }

    private static Unsubscribe unsubscribe(String... topicFilters) {
        return new Unsubscribe(2, List.of(topicFilters));
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 5})
    void subackFollowsTheJoin(int level) {
        DeviceHeart heart = connected(level, List.of("news"), List.of());
        world.read(heart, HeartWorld.subscribe(null, "channels/news"));
        assertEquals(List.of("opened without inbox"), world.said());
        assertEquals(Phase.SUBSCRIBED, heart.state());
        world.confirmOne();
        assertEquals(List.of("join news of 1@500"), world.said());
        world.confirmOne();
        assertEquals(List.of("suback [1]"), world.said());
    }

    @Test
    void anOpenSessionIsUsed() {
        DeviceHeart heart = subscribed("inbox");
        world.read(heart, HeartWorld.subscribe(null, "channels/a", "channels/b"));
        assertEquals(List.of("join a of 1@500", "join b of 1@500"), world.said());
        world.confirmOne();
        assertEquals(List.of(), world.said());
        world.confirmOne();
        assertEquals(List.of("suback [1, 1]"), world.said());
        world.read(heart, HeartWorld.subscribe(null, "channels/a"));
        assertEquals(List.of("suback [1]"), world.said(), "nothing is new");
    }

    @ParameterizedTest
    @CsvSource({"4, 128", "5, 135"})
    void onlyWhatTheTokenNames(int level, int refused) {
        DeviceHeart heart = connected(level, List.of("news", "berlin-*"), List.of());
        world.read(
                heart,
                HeartWorld.subscribe(null, "channels/other", "channels/news", "channels/berlin-1"));
        world.confirm();
        List<String> said = world.said();
        assertTrue(said.contains("suback [" + refused + ", 1, 1]"), said.toString());
        DeviceHeart without = connected(level, List.of(), List.of());
        world.read(without, HeartWorld.subscribe(null, "channels/news"));
        assertEquals(List.of("suback [" + refused + "]"), world.said());
        assertEquals(Phase.CONNECTED, without.state());
    }

    @Test
    void wildcardsAreRefused() {
        DeviceHeart heart = connected();
        world.read(
                heart,
                HeartWorld.subscribe(null, "channels/+", "channels/#", "channels/", "other"));
        assertEquals(List.of("suback [162, 162, 143, 143]"), world.said());
        world.read(heart, new Subscribe(1, true, List.of(new Filter("channels/a", 1))));
        assertEquals(List.of("suback [161]"), world.said());
    }

    @Test
    void notMoreThanSoMany() {
        DeviceHeart heart = connected(5, List.of("*"), List.of("x"));
        world.read(heart, HeartWorld.subscribe(null, "channels/a", "channels/b", "channels/c"));
        world.confirm();
        assertTrue(world.said().contains("suback [1, 1, 151]"), "the token's counts too");
        world.read(heart, HeartWorld.subscribe(null, "channels/x", "channels/a"));
        world.confirm();
        assertEquals(List.of("join x of 1@500", "suback [1, 1]"), world.said());
    }

    @Test
    void unsubackFollowsTheLeave() {
        DeviceHeart heart = subscribed("inbox", "channels/a");
        world.read(heart, unsubscribe("channels/a", "channels/b"));
        assertEquals(List.of("leave a of 1@500"), world.said());
        world.confirm();
        assertEquals(List.of("unsuback [0, 17]"), world.said());
        assertEquals(Phase.SUBSCRIBED, heart.state());
    }

    @Test
    void theLastUnsubscribeEndsTheSession() {
        DeviceHeart heart = subscribed("channels/a");
        world.read(heart, unsubscribe("channels/a"));
        assertEquals(
                List.of("ends unsubscribed", "ended unsubscribed", "leave a of 1@500"),
                world.said());
        assertEquals(Phase.CONNECTED, heart.state());
        world.confirm();
        assertEquals(List.of("unsuback [0]"), world.said());
        assertEquals(0, world.life.sessions().size());
    }

    @Test
    void aLeaveWaitsForItsJoin() {
        DeviceHeart heart = subscribed("inbox");
        world.read(heart, HeartWorld.subscribe(null, "channels/a"));
        world.read(heart, unsubscribe("channels/a"));
        assertEquals(List.of("join a of 1@500"), world.said());
        world.confirmOne();
        assertEquals(List.of("leave a of 1@500"), world.said());
        world.read(heart, HeartWorld.subscribe(null, "channels/a"));
        assertEquals(List.of(), world.said());
        world.confirmOne();
        assertEquals(List.of("join a of 1@500"), world.said());
        world.confirmOne();
        assertEquals(List.of("suback [1]", "unsuback [0]", "suback [1]"), world.said());
    }

    @Test
    void theInboxLaterIsAnotherSession() {
        DeviceHeart heart = subscribed("channels/a");
        world.read(heart, HeartWorld.subscribe(1));
        assertEquals(List.of("ends unsubscribed", "opened"), world.said());
        assertEquals(2, world.session().number());
        world.confirmOne();
        assertEquals(List.of("join a of 2@502"), world.said(), "and the first has not ended");
        world.confirmOne();
        assertEquals(List.of("suback [1]", "ended unsubscribed"), world.said());
        world.confirm();
        assertEquals(1, world.life.sessions().size());
    }

    @Test
    void theInboxAtOnceAfterwardsIsAnotherSession() {
        DeviceHeart heart = connected();
        world.read(heart, HeartWorld.subscribe(null, "channels/a"));
        world.read(heart, HeartWorld.subscribe(1));
        assertEquals(List.of("opened without inbox", "ends unsubscribed", "opened"), world.said());
        world.confirmOne();
        assertEquals(List.of(), world.said());
        world.confirmOne();
        assertEquals(List.of("join a of 2@501"), world.said());
        world.confirmOne();
        assertEquals(List.of("suback [1]", "suback [1]", "ended unsubscribed"), world.said());
    }

    @Test
    void withoutTheInboxIsAnotherSession() {
        DeviceHeart heart = subscribed("inbox", "channels/a");
        world.read(heart, unsubscribe("inbox"));
        assertEquals(
                List.of("ends unsubscribed", "opened without inbox", "unsuback [0]"), world.said());
        world.confirm();
        assertEquals(List.of("join a of 2@502", "ended unsubscribed"), world.said());
    }

    @Test
    void aConnectionThatEndsLetsItsFirstSessionEnd() {
        DeviceHeart heart = subscribed("channels/a");
        world.read(heart, HeartWorld.subscribe(1));
        world.said();
        world.read(heart, new Disconnect(0));
        assertTrue(world.said().contains("ended unsubscribed"), "it was held back");
        world.confirm();
        assertEquals(List.of("ended closed-by-device"), world.said());
        assertEquals(0, world.life.sessions().size());
    }

    @Test
    void oneThatLastsIsTheDevices() {
        DeviceHeart heart = subscribed("inbox");
        world.read(heart, HeartWorld.subscribe(true, "channels/a"));
        assertEquals(List.of("join a of device"), world.said());
        world.confirm();
        world.read(heart, HeartWorld.subscribe(null, "channels/a"));
        assertEquals(List.of("suback [1]", "suback [1]"), world.said(), "it goes on to last");
        world.read(heart, unsubscribe("channels/a"));
        world.confirm();
        assertEquals(List.of("leave a of device", "unsuback [0]"), world.said());
    }

    @Test
    void oneOfTheSessionBecomesTheDevices() {
        DeviceHeart heart = subscribed("inbox", "channels/a");
        world.read(heart, HeartWorld.subscribe(true, "channels/a"));
        world.confirm();
        assertEquals(List.of("leave a of 1@500", "join a of device", "suback [1]"), world.said());
    }

    @Test
    void oneOfAnEarlierConnectionIsLeft() {
        DeviceHeart heart = connected();
        world.read(heart, new Unsubscribe(2, true, List.of("channels/a")));
        assertEquals(List.of("leave a of device"), world.said());
        world.confirm();
        assertEquals(List.of("unsuback [0]"), world.said());
    }

    @Test
    void whatTheTokenJoins() {
        DeviceHeart heart = connected(5, List.of("*"), List.of("x"));
        world.read(heart, HeartWorld.subscribe(1));
        world.confirmOne();
        assertEquals(List.of("opened", "join x of 1@500"), world.said());
        world.confirmOne();
        assertEquals(List.of("suback [1]"), world.said());
        world.read(heart, HeartWorld.subscribe(null, "channels/x"));
        world.read(heart, unsubscribe("channels/x"));
        assertEquals(List.of("suback [1]", "unsuback [0]"), world.said(), "it stays in");
        world.read(heart, unsubscribe("inbox"));
        world.confirm();
        assertEquals(
                List.of("ends unsubscribed", "ended unsubscribed", "unsuback [0]"), world.said());
        world.read(heart, HeartWorld.subscribe(1));
        world.read(heart, unsubscribe("inbox"));
        world.confirm();
        assertTrue(world.said().contains("suback [1]"), "though the join was dropped");
    }

    @Test
    void aTokenThatJoinsTooManyIsRefused() {
        DeviceHeart heart = world.arrived();
        world.verdict =
                new Verdict.Accepted(
                        Verdict.FOR_EVER, ChannelRights.of(List.of(), List.of("a", "b", "c", "d")));
        world.read(heart, HeartWorld.connect(5));
        assertTrue(world.said().contains("refused bad-user-name-or-password"));
    }

    @Test
    void theTopicIsTheFirstChannelThatTheDeviceIsSubscribedTo() {
        DeviceHeart heart = connected();
        world.read(
                heart,
                new Subscribe(
                        1,
                        false,
                        List.of(
                                new Filter("inbox", 1),
                                new Filter("channels/a", 0),
                                new Filter("channels/b", 1))));
        world.confirm();
        world.said();
        world.giveCopy(heart, 11, 4, "c | b | a");
        world.giveCopy(heart, 12, 4, "a & !c");
        world.giveCopy(heart, 13, 4, "c");
        world.give(heart, 14);
        assertEquals(
                List.of(
                        "publish 11 to channels/b",
                        "publish 12 to channels/a at 0",
                        "copy acked 12 of member 4 SENT",
                        "publish 13 to inbox",
                        "publish 14"),
                world.said());
    }

    @Test
    void withoutTheInboxTheTopicIsTheFirstChannelOfTheAudience() {
        DeviceHeart heart = subscribed("channels/a");
        world.giveCopy(heart, 11, 4, "c | b");
        assertEquals(List.of("publish 11 to channels/c"), world.said());
    }

    @Test
    void atRestThereIsNothingOfChannels() {
        DeviceHeart heart = connected(5, List.of(), List.of());
        assertNull(heart.subscriptions().channels());
        world.verdict = new Verdict.Accepted(Verdict.FOR_EVER);
        DeviceHeart other = world.subscribed(5, 1);
        assertEquals(Subscriptions.NONE.with(InboxFilter.PLAIN, 1), other.subscriptions());
        world.read(other, HeartWorld.subscribe(null, "channels/a"));
        world.read(other, unsubscribe("channels/a"));
        assertEquals(
                Subscriptions.NONE.with(InboxFilter.PLAIN, 1),
                other.subscriptions(),
                "shared with all others");
        assertTrue(ChannelRights.of(List.of("*"), List.of()).allows(new ChannelName("a")));
    }
}
