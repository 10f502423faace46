package io.lastmile.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lastmile.wire.record.BroadcastHeader;
import io.lastmile.wire.record.Proof;
import io.lastmile.wire.record.Receipts;
import io.lastmile.wire.record.Topic;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.function.ToIntFunction;
import org.junit.jupiter.api.Test;

/** Bytes and words of the enums: what is in topics must keep its meaning. */
class CodesTest {
    @Test
    void codesStayWhatTheyAre() {
        assertEquals("1 2 3 4 5 6", codes(Outcome.values(), Outcome::code, Outcome::ofCode));
        assertEquals(
                "1 2 3 4 5 6 7 8 9 10 11",
                codes(EndReason.values(), EndReason::code, EndReason::ofCode));
        assertEquals("1 2 3", codes(NodeRole.values(), NodeRole::code, NodeRole::ofCode));
        assertEquals("1 2 3 4", codes(Transport.values(), Transport::code, Transport::ofCode));
        assertEquals("0 1 2 3", codes(Urgency.values(), Urgency::code, Urgency::ofCode));
        assertEquals("0 1 2", codes(Proof.values(), Proof::code, Proof::ofCode));
        assertEquals("0 1 2", codes(Receipts.values(), Receipts::code, Receipts::ofCode));
    }

    @Test
    void wordsStayWhatTheyAre() {
        assertEquals(
                "[delivered, expired, replaced, overflowed, cancelled, rejected]",
                Arrays.stream(Outcome.values()).map(Outcome::label).toList().toString());
        assertEquals(
                "[messages, events, receipts, presence, inbox, members, broadcasts, revocations,"
                        + " nodes, rejects]",
                Arrays.stream(Topic.values()).map(Topic::label).toList().toString());
        assertEquals(
                "[very-low, low, normal, high]",
                Arrays.stream(Urgency.values()).map(Urgency::label).toList().toString());
        assertEquals(
                "[ttl, collapse-key, urgency, content-type, idempotency-key, not-before, cancel,"
                        + " join, leave, member-source, mark, origin, accepted-at, owner-seal, replay-of, traceparent]",
                Arrays.stream(MessageHeader.values())
                        .map(MessageHeader::headerName)
                        .toList()
                        .toString());
        assertEquals(
                "[spread, receipts, keep]",
                Arrays.stream(BroadcastHeader.values())
                        .map(BroadcastHeader::headerName)
                        .toList()
                        .toString());
        assertEquals(Receipts.EACH, Receipts.ofLabel("each").orElseThrow());
        assertTrue(Receipts.ofLabel("auto").isEmpty(), "what is asked for by leaving it out");
        assertEquals("lastmile.inbox", Topic.INBOX.under("lastmile."));
        assertEquals(Topic.NODES, Topic.ofLabel("nodes").orElseThrow());
        assertTrue(Topic.ofLabel("Nodes").isEmpty());
        assertEquals(Urgency.HIGH, Urgency.ofLabel("high").orElseThrow());
        assertTrue(MessageHeader.ofName("TTL").isEmpty());
    }

    private static <E extends Enum<E>> String codes(
            E[] values, ToIntFunction<E> code, IntFunction<E> ofCode) {
        Set<Integer> known = new HashSet<>();
        StringBuilder said = new StringBuilder();
        for (E value : values) {
            assertTrue(known.add(code.applyAsInt(value)), value + " shares its code");
            assertSame(value, ofCode.apply(code.applyAsInt(value)));
            said.append(said.isEmpty() ? "" : " ").append(code.applyAsInt(value));
        }
        for (int other = 0; other < 256; other++) {
            if (!known.contains(other)) {
                int unknown = other;
                assertThrows(MalformedException.class, () -> ofCode.apply(unknown));
            }
        }
        return said.toString();
    }
}
