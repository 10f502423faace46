package io.lastmile.node.replay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lastmile.wire.DeviceId;
import io.lastmile.wire.Header;
import io.lastmile.wire.Message;
import io.lastmile.wire.MessageId;
import io.lastmile.wire.Payload;
import io.lastmile.wire.record.MessageRecord;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RepeatsTest {
    private static final DeviceId FROM = new DeviceId("phone-1");
    private static final DeviceId TO = new DeviceId("phone-2");
    private static final long FIRST_READ = 5;
    private static final Payload BODY = Payload.ofText("hello");

    private final Repeats repeats = new Repeats("r1", List.of(TO));

    private Optional<Message> repeat(long offset, Header... headers) {
        Message read = MessageRecord.decode(FROM, BODY, List.of(headers));
        return repeats.of(read, new MessageId(3, offset), FIRST_READ, false);
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
                        new Header("urgency", "high"),
                        new Header("content-type", "text/plain"),
                        new Header("idempotency-key", "replay-r1-3-7"),
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
        assertEquals(
                List.of(
                        new Header("idempotency-key", "replay-r1-3-7"),
                        new Header("replay-of", "3-7")),
                MessageRecord.headers(copy));
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
        Message copy = repeat(11, new Header("replay-of", "3-2")).orElseThrow();
        assertEquals(new MessageId(3, 2), copy.replayOf());
        assertTrue(repeat(12, new Header("replay-of", "3-2")).isEmpty(), "once");
    }

    @Test
    void cancelsAreSkipped() {
        assertTrue(repeat(7, new Header("cancel", "3-1")).isEmpty());
        assertEquals(1, repeats.skipped());
    }

    @Test
    void aMisplacedMessageAndItsCopyCountOnce() {
        Message read = Message.plain(FROM, BODY);
        assertTrue(repeats.of(read, new MessageId(1, 9), 0, true).isPresent());
        assertTrue(
                repeat(20, new Header("origin", "1-9"), new Header("accepted-at", "1700000000000"))
                        .isEmpty());
    }

    @Test
    void toTheSameDeviceItKeepsItsCollapseKey() {
        Message read = MessageRecord.decode(FROM, BODY, List.of(new Header("collapse-key", "c")));
        Repeats same = new Repeats("r1", List.of());
        Message copy = same.of(read, new MessageId(3, 7), 0, false).orElseThrow();
        assertEquals("c", copy.collapseKey());
        assertEquals(FROM, copy.device());
    }

    @Test
    void severalTargetsShareTheDevicesOut() {
        DeviceId other = new DeviceId("phone-3");
        Repeats shared = new Repeats("r1", List.of(TO, other));
        Set<DeviceId> targets = new HashSet<>();
        for (int i = 0; i < 50; i++) {
            DeviceId source = new DeviceId("source-" + i);
            DeviceId first = target(shared, source, 2L * i);
            assertEquals(first, target(shared, source, 2L * i + 1), "one device, one target");
            targets.add(first);
        }
        assertEquals(Set.of(TO, other), targets);
    }

    private static DeviceId target(Repeats repeats, DeviceId source, long offset) {
        Message read = Message.plain(source, BODY);
        return repeats.of(read, new MessageId(3, offset), 0, false).orElseThrow().device();
    }
}
