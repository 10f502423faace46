package io.lastmile.wire.record;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.lastmile.wire.Audience;
import io.lastmile.wire.BroadcastId;
import io.lastmile.wire.Header;
import io.lastmile.wire.MalformedException;
import io.lastmile.wire.Message;
import io.lastmile.wire.Payload;
import io.lastmile.wire.RandomValues;
import io.lastmile.wire.Seeds;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BroadcastRecordTest {
    private static final Payload PAYLOAD = Payload.ofText("hello");

    private static BroadcastRecord decode(String key, Header... headers) {
        return BroadcastRecord.decode(key, PAYLOAD, List.of(headers));
    }

    @Test
    void aRecordWithKeyAndValueOnlyIsABroadcast() {
        BroadcastRecord.Post post =
                new BroadcastRecord.Post(
                        Audience.parse("news"),
                        Message.plain(BroadcastRecord.ADDRESSEE, PAYLOAD),
                        0,
                        Receipts.AUTO,
                        false);
        assertEquals(post, decode("news"));
        assertEquals(List.of(), post.headers());
    }

    @Test
    void anyBroadcastComesBackFromItsHeaders() {
        Seeds.upTo(1_000)
                .forEach(seed -> {
                    BroadcastRecord.Post post = post(new RandomValues(seed));
                    BroadcastRecord read =
                            BroadcastRecord.decode(
                                    post.audience().text(),
                                    post.message().payload(),
                                    post.headers());
                    assertEquals(post, read, () -> Seeds.replay("broadcast", seed));
                });
    }

    private static BroadcastRecord.Post post(RandomValues r) {
        Message any = r.message();
        Message message =
                new Message(
                        BroadcastRecord.ADDRESSEE,
                        any.payload(),
                        any.contentType(),
                        any.ttlSeconds(),
                        any.collapseKey(),
                        any.urgency(),
                        any.idempotencyKey(),
                        any.notBeforeMs(),
                        null,
                        null,
                        Message.ABSENT,
                        any.replayOf(),
                        any.traceparent(),
                        any.attributes());
        return new BroadcastRecord.Post(
                r.audience(),
                message,
                r.count(0, BroadcastRecord.SPREAD_SECONDS_MAX),
                r.oneOf(Receipts.values()),
                r.flag());
    }

    @Test
    void whatIsNeededWithoutItsPayload() {
        BroadcastRecord.Post post =
                (BroadcastRecord.Post)
                        decode(
                                "news & !beta",
                                new Header("ttl", "60"),
                                new Header("not-before", "1000"),
                                new Header("urgency", "high"),
                                new Header("collapse-key", "weather"),
                                new Header("idempotency-key", "order-17"),
                                new Header("spread", "600"),
                                new Header("receipts", "summary"),
                                new Header("keep", "true"));
        BroadcastFacts facts = post.facts(new BroadcastId(9), 500);
        assertEquals("b9", facts.id().toString());
        assertEquals("news & !beta", facts.audience().text());
        assertEquals(500, facts.acceptedAtMs());
        assertEquals(60, facts.ttlSeconds());
        assertEquals(1_000, facts.notBeforeMs());
        assertEquals(600, facts.spreadSeconds());
        assertEquals(5, facts.bodyBytes());
        assertEquals("high", facts.urgency().label());
        assertEquals("weather", facts.collapseKey());
        assertEquals("order-17", facts.idempotencyKey());
        assertEquals(Receipts.SUMMARY, facts.receipts());
        assertEquals(true, facts.keep());
    }

    @Test
    void aCancelNeedsNoAudience() {
        BroadcastRecord.Cancel cancel = new BroadcastRecord.Cancel(new BroadcastId(9));
        assertEquals(cancel, BroadcastRecord.decode(null, Payload.EMPTY, cancel.headers()));
        assertEquals(cancel, decode("not a name", new Header("cancel", "b9")));
    }

    @ParameterizedTest
    @CsvSource({
        "spread,''",
        "spread,-1",
        "spread,+1",
        "spread,1.5",
        "spread,٣",
        "spread,604801",
        "spread,9999999999",
        "receipts,auto",
        "receipts,Each",
        "keep,yes",
        "keep,''",
        "cancel,3-1042",
        "cancel,b-1",
        "ttl,soon",
        "join,news",
        "origin,3-1"
    })
    void aRefusalNamesTheHeader(String header, String value) {
        refused(header, "news", new Header(header, value));
    }

    @Test
    void whatOnlyAMessageHasIsRefused() {
        refused("join", "news", new Header("leave", "news"));
        refused("origin", "news", new Header("accepted-at", "1000"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "!news", "a|b|c|d|e|f|g|h|i", "news/1"})
    void itsKeyIsAnAudience(String key) {
        refused("key", key);
    }

    @Test
    void withoutAKeyItIsForNobody() {
        MalformedException refusal =
                assertThrows(
                        MalformedException.class,
                        () -> BroadcastRecord.decode(null, PAYLOAD, List.of()));
        assertEquals("key", refusal.field());
    }

    @Test
    void theLastOfTwoCounts() {
        BroadcastRecord.Post post =
                (BroadcastRecord.Post)
                        decode("news", new Header("spread", "5"), new Header("spread", "7"));
        assertEquals(7, post.spreadSeconds());
    }

    private static void refused(String field, String key, Header... headers) {
        MalformedException refusal =
                assertThrows(MalformedException.class, () -> decode(key, headers));
        assertEquals(field, refusal.field());
    }
}
