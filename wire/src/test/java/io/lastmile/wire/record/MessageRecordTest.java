package io.lastmile.wire.record;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lastmile.wire.ChannelName;
import io.lastmile.wire.Control;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.Header;
import io.lastmile.wire.Incarnation;
import io.lastmile.wire.MalformedException;
import io.lastmile.wire.MemberSource;
import io.lastmile.wire.Message;
import io.lastmile.wire.MessageHeader;
import io.lastmile.wire.MessageId;
import io.lastmile.wire.Payload;
import io.lastmile.wire.SessionId;
import io.lastmile.wire.Urgency;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class MessageRecordTest {
    private static final DeviceId DEVICE = new DeviceId("phone-1");
    private static final Payload PAYLOAD = Payload.ofText("hello");
    private static final String LAST_MS = "253402300799999"; // the end of the year 9999

    /** Header, a value at its upper bound, what is read then. */
    static Stream<Arguments> accepted() {
        return Stream.of(
                Arguments.of(MessageHeader.TTL, "0", 0L),
                Arguments.of(MessageHeader.TTL, "2419200", 2_419_200L),
                Arguments.of(MessageHeader.COLLAPSE_KEY, "k".repeat(128), "k".repeat(128)),
                Arguments.of(MessageHeader.URGENCY, "very-low", Urgency.VERY_LOW),
                Arguments.of(MessageHeader.URGENCY, "high", Urgency.HIGH),
                Arguments.of(MessageHeader.CONTENT_TYPE, "t".repeat(255), "t".repeat(255)),
                Arguments.of(MessageHeader.IDEMPOTENCY_KEY, "ä".repeat(128), "ä".repeat(128)),
                Arguments.of(MessageHeader.NOT_BEFORE, LAST_MS, Long.parseLong(LAST_MS)),
                Arguments.of(MessageHeader.CANCEL, "3-1042", new MessageId(3, 1042)),
                Arguments.of(MessageHeader.JOIN, "c".repeat(128), new ChannelName("c".repeat(128))),
                Arguments.of(MessageHeader.LEAVE, "news", new ChannelName("news")),
                Arguments.of(MessageHeader.MEMBER_SOURCE, "device", "absent"),
                Arguments.of(MessageHeader.ORIGIN, "0-0", new MessageId(0, 0)),
                Arguments.of(MessageHeader.ACCEPTED_AT, LAST_MS, Long.parseLong(LAST_MS)),
                Arguments.of(MessageHeader.REPLAY_OF, "3-1042", new MessageId(3, 1042)),
                Arguments.of(MessageHeader.TRACEPARENT, "p".repeat(256), "p".repeat(256)));
    }

    /** Header and a value beyond its bounds. */
    static Stream<Arguments> refused() {
        return Stream.of(
                Arguments.of(MessageHeader.TTL, ""),
                Arguments.of(MessageHeader.TTL, "-1"),
                Arguments.of(MessageHeader.TTL, "+1"),
                Arguments.of(MessageHeader.TTL, "1.5"),
                Arguments.of(MessageHeader.TTL, "10s"),
                Arguments.of(MessageHeader.TTL, "١"),
                Arguments.of(MessageHeader.TTL, "2419201"),
                Arguments.of(MessageHeader.TTL, "99999999999999999999"),
                Arguments.of(MessageHeader.COLLAPSE_KEY, ""),
                Arguments.of(MessageHeader.COLLAPSE_KEY, "k".repeat(129)),
                Arguments.of(MessageHeader.COLLAPSE_KEY, "a\u0000b"),
                Arguments.of(MessageHeader.URGENCY, "High"),
                Arguments.of(MessageHeader.URGENCY, ""),
                Arguments.of(MessageHeader.CONTENT_TYPE, "t".repeat(256)),
                Arguments.of(MessageHeader.CONTENT_TYPE, "text/plain\r\nx"),
                Arguments.of(MessageHeader.IDEMPOTENCY_KEY, "k".repeat(129)),
                Arguments.of(MessageHeader.NOT_BEFORE, "soon"),
                Arguments.of(MessageHeader.NOT_BEFORE, "253402300800000"),
                Arguments.of(MessageHeader.NOT_BEFORE, "9223372036854775807"),
                Arguments.of(MessageHeader.CANCEL, "3"),
                Arguments.of(MessageHeader.JOIN, ".."),
                Arguments.of(MessageHeader.JOIN, "c".repeat(129)),
                Arguments.of(MessageHeader.LEAVE, "a & b"),
                Arguments.of(MessageHeader.MEMBER_SOURCE, "session:edge-1/10/7"),
                Arguments.of(MessageHeader.ORIGIN, "03-1"),
                Arguments.of(MessageHeader.ACCEPTED_AT, "-1"),
                Arguments.of(MessageHeader.REPLAY_OF, ""),
                Arguments.of(MessageHeader.TRACEPARENT, "p".repeat(257)));
    }

    @ParameterizedTest
    @MethodSource("accepted")
    void readsAHeaderAtItsBounds(MessageHeader header, String value, Object expected) {
        Message message = decode(new Header(header.headerName(), value));
        assertEquals(expected, attribute(message, header));
        assertTrue(message.attributes().isEmpty());
    }

    @ParameterizedTest
    @MethodSource("refused")
    void aRefusalNamesTheHeader(MessageHeader header, String value) {
        MalformedException refusal =
                assertThrows(
                        MalformedException.class,
                        () -> decode(new Header(header.headerName(), value)));
        assertEquals(header.headerName(), refusal.field());
    }

    @ParameterizedTest
    @EnumSource(
            value = MessageHeader.class,
            mode = EnumSource.Mode.EXCLUDE,
            names = {"OWNER_SEAL", "MARK"}) // of the record, not of the message
    void everyHeaderIsTestedAtItsBoundsAndBeyond(MessageHeader header) {
        assertTrue(headers(accepted()).contains(header));
        assertTrue(headers(refused()).contains(header));
    }

    @Test
    void aRecordWithKeyAndValueOnlyIsAMessage() {
        assertEquals(Message.plain(DEVICE, PAYLOAD), decode());
        assertTrue(MessageRecord.headers(Message.plain(DEVICE, PAYLOAD)).isEmpty());
    }

    @Test
    void theLastOfTwoCounts() {
        assertEquals(7, decode(new Header("ttl", "5"), new Header("ttl", "7")).ttlSeconds());
    }

    @Test
    void everyOtherHeaderIsTheSendersOwnInItsOrder() {
        Message message =
                decode(
                        new Header("TTL", "not ours: names are exact"),
                        new Header("ttl", "5"),
                        new Header("colour", "red"),
                        new Header("colour", "blue"));
        assertEquals(
                List.of(
                        new Header("TTL", "not ours: names are exact"),
                        new Header("colour", "red"),
                        new Header("colour", "blue")),
                message.attributes());
    }

    @Test
    void aJoinOrLeaveIsTheApisUnlessItSaysOtherwise() {
        ChannelName news = new ChannelName("news");
        Header join = new Header("join", "news");
        assertEquals(new Control.Join(news, MemberSource.API), decode(join).control());
        assertEquals(
                new Control.Join(news, MemberSource.DEVICE),
                decode(join, new Header("member-source", "device")).control());
        MemberSource session =
                new MemberSource.OfSession(new SessionId(new Incarnation("edge-1", 36), 7), 5);
        assertEquals(
                new Control.Leave(news, session),
                decode(
                                new Header("leave", "news"),
                                new Header("member-source", "session:edge-1/10/7@5"))
                        .control());
    }

    @Test
    void aRecordSaysOneThing() {
        Header[] controls = {
            new Header("cancel", "3-1042"), new Header("join", "a"), new Header("leave", "a")
        };
        for (Header one : controls) {
            for (Header other : controls) {
                if (!one.equals(other)) {
                    assertEquals(
                            "join",
                            assertThrows(MalformedException.class, () -> decode(one, other))
                                    .field());
                }
            }
        }
    }

    @Test
    void theSendersOwnHeadersAreLimited() {
        Header own = new Header("n", "v");
        assertEquals(64, decode(Collections.nCopies(64, own)).attributes().size());
        attributesRefused(Collections.nCopies(65, own));
        decode(List.of(new Header("n", "v".repeat(8_191))));
        attributesRefused(List.of(new Header("n", "v".repeat(8_192))));
        List<Header> withRegistered = new ArrayList<>(Collections.nCopies(64, own));
        withRegistered.add(new Header("ttl", "5"));
        assertEquals(5, decode(withRegistered).ttlSeconds());
    }

    @ParameterizedTest
    @ValueSource(strings = {"\n", "\t", "\u0085", "\u009f", "\ufffe", "\ufdd0", "\ud83d"})
    void whatMqttDoesNotCarryIsRefusedWithItsPlace(String character) {
        Header own = new Header("title", "ab" + character + "c");
        MalformedException value = assertThrows(MalformedException.class, () -> decode(own));
        assertEquals("title", value.field());
        assertTrue(
                value.getMessage() != null && value.getMessage().contains("is character 3"),
                value.getMessage());
        MalformedException name =
                assertThrows(
                        MalformedException.class, () -> decode(new Header("t" + character, "v")));
        assertEquals("attributes", name.field());
        assertFalse(
                name.getMessage() == null || name.getMessage().contains(character),
                "it is named, not repeated");
        MalformedException type =
                assertThrows(
                        MalformedException.class,
                        () -> decode(new Header("content-type", "text/plain; x=" + character)));
        assertEquals("content-type", type.field());
        assertEquals(
                List.of(own),
                MessageRecord.decodeRead(DEVICE, PAYLOAD, List.of(own)).attributes(),
                "a message on its way is not lost for it");
    }

    private static void attributesRefused(List<Header> headers) {
        MalformedException refusal = assertThrows(MalformedException.class, () -> decode(headers));
        assertEquals("attributes", refusal.field());
    }

    private static Message decode(Header... headers) {
        return decode(List.of(headers));
    }

    private static Message decode(List<Header> headers) {
        return MessageRecord.decode(DEVICE, PAYLOAD, headers);
    }

    private static Object attribute(Message message, MessageHeader header) {
        Object value =
                switch (header) {
                    case TTL -> message.ttlSeconds();
                    case COLLAPSE_KEY -> message.collapseKey();
                    case URGENCY -> message.urgency();
                    case CONTENT_TYPE -> message.contentType();
                    case IDEMPOTENCY_KEY -> message.idempotencyKey();
                    case NOT_BEFORE -> message.notBeforeMs();
                    case CANCEL -> message.cancel();
                    case JOIN ->
                            message.control() instanceof Control.Join join ? join.channel() : null;
                    case LEAVE ->
                            message.control() instanceof Control.Leave leave
                                    ? leave.channel()
                                    : null;
                    case MEMBER_SOURCE -> null; // of a join or a leave
                    case MARK -> null; // no message at all
                    case ORIGIN -> message.origin();
                    case ACCEPTED_AT -> message.acceptedAtMs();
                    case REPLAY_OF -> message.replayOf();
                    case TRACEPARENT -> message.traceparent();
                    case OWNER_SEAL -> null; // of the record, not of the message
                };
        return value == null ? "absent" : value;
    }

    private static Set<MessageHeader> headers(Stream<Arguments> rows) {
        Set<MessageHeader> headers = EnumSet.noneOf(MessageHeader.class);
        rows.forEach(row -> headers.add((MessageHeader) row.get()[0]));
        return headers;
    }
}
