package io.lastmile.cli.replay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lastmile.wire.DeviceId;
import io.lastmile.wire.Header;
import io.lastmile.wire.Message;
import io.lastmile.wire.MessageId;
import io.lastmile.wire.Payload;
import io.lastmile.wire.record.MessageRecord;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RepeatsTest {
    private static final DeviceId FROM = new DeviceId("phone-1");
    private static final DeviceId TO = new DeviceId("phone-2");
    private static final Payload BODY = Payload.ofText("hello");

    private final Repeats repeats = new Repeats(TO);

    private Optional<Message> repeat(long offset, Header... headers) {
        return repeats.of(FROM, BODY, List.of(headers), new MessageId(3, offset));
    }

    @Test
    void keepsWhatTheSenderSaidAndNamesWhatItRepeats() {
        Message copy =
                repeat(
                                7,
                                new Header("ttl", "60"),
                                new Header("collapse-key", "c"),
                                new Header("urgency", "high"),
                                new Header("content-type", "text/plain"),
                                new Header("my-own", "x"))
                        .orElseThrow();
        assertEquals(TO, copy.device());
        assertEquals(BODY, copy.payload());
        assertEquals(
                List.of(
                        new Header("ttl", "60"),
                        new Header("collapse-key", "c"),
                        new Header("urgency", "high"),
                        new Header("content-type", "text/plain"),
                        new Header("replay-of", "3-7"),
                        new Header("my-own", "x")),
                MessageRecord.headers(copy));
    }

    @Test
    void leavesOutWhatWouldStopTheRepetition() {
        Message copy =
                repeat(
                                7,
                                new Header("idempotency-key", "once"),
                                new Header("not-before", "1700000000000"))
                        .orElseThrow();
        assertEquals(List.of(new Header("replay-of", "3-7")), MessageRecord.headers(copy));
    }

    @Test
    void aMessageThatStandsTwiceIsRepeatedOnce() {
        assertTrue(repeat(7).isPresent());
        Header origin = new Header("origin", "3-7");
        Header acceptedAt = new Header("accepted-at", "1700000000000");
        assertTrue(repeat(9, origin, acceptedAt).isEmpty());
        assertTrue(repeat(11, new Header("replay-of", "3-7")).isEmpty());
        assertEquals(2, repeats.skipped());
    }

    @Test
    void aRepetitionWhoseOriginalIsNotInTheSpanNamesTheOriginal() {
        Message copy = repeat(11, new Header("replay-of", "3-7")).orElseThrow();
        assertEquals(new MessageId(3, 7), copy.replayOf());
    }

    @Test
    void cancelsAndWhatIsBrokenAreSkipped() {
        assertTrue(repeat(7, new Header("cancel", "3-1")).isEmpty());
        assertTrue(repeat(8, new Header("ttl", "soon")).isEmpty());
        assertEquals(2, repeats.skipped());
    }
}
