package io.lastmile.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sessions and sources of memberships as text, and the names of channels. */
class SourcesTest {
    @Test
    void aSessionComesBackFromItsText() {
        Seeds.upTo(1_000)
                .forEach(seed -> {
                    SessionId session = new RandomValues(seed).session();
                    assertEquals(
                            session,
                            SessionId.parse(session.toString()),
                            () -> Seeds.replay("session", seed));
                });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "edge-1",
                "edge-1/10",
                "edge-1/10/",
                "edge-1//7",
                "/10/7",
                "edge 1/10/7",
                "edge-1/10/x",
                "edge-1/-10/7",
                "edge-1/+10/7",
                "edge-1/1O/7",
                "edge-1/_/7",
                "edge-1/10/0",
                "edge-1/10/-7",
                "edge-1/10/+7",
                "edge-1/10/07",
                "edge-1/010/7",
                "edge-1/10/7/8",
                "edge-1/10/7 ",
                "edge-1/10/9223372036854775808",
                "edge-1/zzzzzzzzzzzzzzzz/7",
                "edge-1/10/٣"
            })
    void everyOtherTextIsRefusedWithTheRule(String text) {
        IllegalArgumentException refused =
                assertThrows(IllegalArgumentException.class, () -> SessionId.parse(text));
        assertEquals(SessionId.RULE, refused.getMessage());
    }

    @Test
    void aSourceComesBackFromItsText() {
        assertSame(MemberSource.API, MemberSource.parse("api"));
        assertSame(MemberSource.DEVICE, MemberSource.parse("device"));
        assertEquals(
                new MemberSource.OfSession(new SessionId(new Incarnation("edge-1", 36), 7), 1_042),
                MemberSource.parse("session:edge-1/10/7@1042"));
        Seeds.upTo(1_000)
                .forEach(seed -> {
                    MemberSource source = new RandomValues(seed).memberSource();
                    assertEquals(
                            source,
                            MemberSource.parse(source.toString()),
                            () -> Seeds.replay("source", seed));
                });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "API",
                "api ",
                "session",
                "session:",
                "session:@1",
                "edge-1/10/7@1042",
                "session:edge-1/10/7",
                "session:edge-1/10/7@",
                "session:edge-1/10/7@-1",
                "session:edge-1/10/7@+1",
                "session:edge-1/10/7@01",
                "session:edge-1/10/0@1",
                "session:edge-1/10/x@1",
                "session:edge-1/10/7@9223372036854775808",
                "session: edge-1/10/7@1"
            })
    void everyOtherSourceIsRefusedWithTheRule(String text) {
        IllegalArgumentException refused =
                assertThrows(IllegalArgumentException.class, () -> MemberSource.parse(text));
        assertEquals(MemberSource.RULE, refused.getMessage());
    }

    @Test
    void aSessionIsASourceFromItsOpenedOn() {
        SessionId session = new SessionId(new Incarnation("edge-1", 36), 7);
        assertThrows(IllegalArgumentException.class, () -> new MemberSource.OfSession(session, -1));
    }

    @Test
    void aChannelIsNamedAsADevice() {
        assertTrue(ChannelName.isValid("user:alice"));
        assertTrue(ChannelName.isValid("a".repeat(128)));
        for (String none :
                new String[] {"", ".", "..", "a/b", "a b", "ä", "a".repeat(129), "a&b"}) {
            assertFalse(ChannelName.isValid(none), none);
            IllegalArgumentException refused =
                    assertThrows(IllegalArgumentException.class, () -> new ChannelName(none));
            assertEquals(ChannelName.RULE, refused.getMessage());
        }
        assertTrue(new ChannelName("a").compareTo(new ChannelName("b")) < 0);
    }
}
