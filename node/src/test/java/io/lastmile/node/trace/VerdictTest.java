package io.lastmile.node.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lastmile.wire.DeviceId;
import io.lastmile.wire.EndReason;
import io.lastmile.wire.Incarnation;
import io.lastmile.wire.Message;
import io.lastmile.wire.MessageId;
import io.lastmile.wire.NodeRole;
import io.lastmile.wire.Outcome;
import io.lastmile.wire.Payload;
import io.lastmile.wire.SessionId;
import io.lastmile.wire.Transport;
import io.lastmile.wire.Urgency;
import io.lastmile.wire.record.EventRecord;
import io.lastmile.wire.record.NodeRecord;
import io.lastmile.wire.record.Proof;
import io.lastmile.wire.record.ReceiptRecord;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class VerdictTest {
    private static final DeviceId PHONE = new DeviceId("phone-7");
    private static final MessageId ID = new MessageId(3, 42);
    private static final long TEN = 1_794_996_000_000L; // 2026-11-18T10:00:00Z
    private static final Incarnation EDGE = new Incarnation("edge-1", 5);
    private static final SessionId SESSION = new SessionId(EDGE, 9);

    private final SessionLog sessions = new SessionLog(Map.of());
    private final MessageTrace trace = new MessageTrace(ID, PHONE, sessions);

    private String verdict() {
        return Verdict.of(trace, TEN + 90_000);
    }

    private void accepted() {
        trace.accepted(TEN, Message.plain(PHONE, Payload.ofText("hello")), true);
    }

    private void opened(long atMs) {
        trace.event(new EventRecord.Opened(SESSION, -1, Transport.TCP, 5, 1, 16, true, atMs));
    }

    private void settled(Outcome outcome, int sends, String detail) {
        trace.settled(
                new ReceiptRecord(
                        ID,
                        42,
                        outcome,
                        null,
                        TEN,
                        TEN + 5,
                        ReceiptRecord.NEVER,
                        ReceiptRecord.NEVER,
                        TEN + 60_000,
                        sends,
                        Proof.NONE,
                        0,
                        detail,
                        null,
                        null));
    }

    private void acknowledged(Proof proof, int reasonCode) {
        trace.event(
                new EventRecord.Acked(
                        SESSION,
                        List.of(new EventRecord.Ack(42, TEN + 30, TEN + 250, proof, reasonCode))));
        trace.settled(
                new ReceiptRecord(
                        ID,
                        42,
                        reasonCode >= 0x80 ? Outcome.REJECTED : Outcome.DELIVERED,
                        SESSION,
                        TEN,
                        TEN + 5,
                        TEN + 30,
                        TEN + 250,
                        TEN + 300,
                        1,
                        proof,
                        reasonCode,
                        "",
                        null,
                        null));
    }

    @Test
    void deliveredTellsHowLongItTook() {
        accepted();
        opened(TEN - 1_000);
        acknowledged(Proof.PUBACK, 0);
        assertEquals("phone-7 has it: it acknowledged it 250 ms after it was accepted.", verdict());
        assertEquals(
                List.of("opened", "accepted", "routed", "sent", "acknowledged", "delivered"),
                trace.steps().stream().map(Step::name).toList());
    }

    @Test
    void atQosZeroNobodySaysThatItArrived() {
        accepted();
        acknowledged(Proof.SENT, 0);
        assertEquals(
                "phone-7 was sent it 250 ms after it was accepted. It subscribed with QoS 0, so that it does not say whether it arrived.",
                verdict());
    }

    @Test
    void aRefusalIsNotALoss() {
        accepted();
        acknowledged(Proof.PUBACK, 0x99);
        assertEquals("phone-7 got it and refused it: PUBACK with reason code 0x99.", verdict());
    }

    @Test
    void whatIsTooLongForTheDeviceNeverWasWithIt() {
        accepted();
        opened(TEN - 1_000);
        trace.event(
                new EventRecord.Acked(
                        SESSION,
                        List.of(new EventRecord.Ack(42, TEN + 30, TEN + 30, Proof.NONE, 0x95))));
        trace.settled(
                new ReceiptRecord(
                        ID,
                        42,
                        Outcome.REJECTED,
                        SESSION,
                        TEN,
                        TEN + 5,
                        ReceiptRecord.NEVER,
                        ReceiptRecord.NEVER,
                        TEN + 300,
                        1,
                        Proof.NONE,
                        0x95,
                        "not sent: longer than the device's Maximum Packet Size",
                        null,
                        null));
        assertEquals(
                "phone-7 did not get it. It was not sent: longer than the device's Maximum Packet Size"
                        + " (reason code 0x95).",
                verdict());
        assertEquals(
                List.of("opened", "accepted", "routed", "not sent", "rejected"),
                trace.steps().stream().map(Step::name).toList());
        assertEquals(
                "by the edge: it is longer than the device's Maximum Packet Size",
                trace.steps().get(3).detail());
    }

    @Test
    void expiredWhileOffline() {
        accepted();
        opened(TEN - 60_000);
        trace.event(new EventRecord.Ended(SESSION, EndReason.KEEP_ALIVE, TEN - 10_000));
        settled(Outcome.EXPIRED, 0, "time to live ended");
        assertEquals(
                "phone-7 did not get it: it expired 1 min 0 s after it was accepted (time to live ended). The device was offline meanwhile: its last session edge-1/5/9 ended at "
                        + "2026-11-18T09:59:50Z (keep-alive).",
                verdict());
    }

    @Test
    void expiredThoughSent() {
        accepted();
        settled(Outcome.EXPIRED, 3, "time to live ended");
        assertEquals(
                "phone-7 did not get it: it expired 1 min 0 s after it was accepted (time to live ended). It was sent 3 times, and never acknowledged.",
                verdict());
    }

    @Test
    void theOtherEndings() {
        accepted();
        settled(Outcome.REPLACED, 0, "by 3-50");
        assertEquals(
                "phone-7 did not get it: a later message with the same collapse key took its place (by 3-50). The device was offline until then.",
                verdict());
        settled(Outcome.OVERFLOWED, 0, "inbox of 100");
        assertEquals(
                "phone-7 did not get it: its inbox was full, and the oldest message gave way (inbox of 100). The device was offline until then.",
                verdict());
        settled(Outcome.CANCELLED, 0, "");
        assertEquals(
                "phone-7 did not get it: it was cancelled 1 min 0 s after it was accepted. The device was offline until then.",
                verdict());
        settled(Outcome.REJECTED, 0, "ttl: above the maximum");
        assertEquals(
                "phone-7 did not get it: it was rejected (ttl: above the maximum).", verdict());
    }

    @Test
    void unsettledTellsWhatItWaitsFor() {
        accepted();
        assertEquals(
                "Not settled yet, 1 min 30 s after it was accepted: it waits in the inbox, the device is offline.",
                verdict());
        opened(TEN + 10);
        assertEquals(
                "Not settled yet, 1 min 30 s after it was accepted: the device is connected (edge-1/5/9), and has not acknowledged it.",
                verdict());
    }

    @Test
    void clocksThatDifferDoNotChangeTheOrder() {
        accepted();
        trace.settled(
                new ReceiptRecord(
                        ID,
                        42,
                        Outcome.DELIVERED,
                        SESSION,
                        TEN,
                        TEN - 60,
                        TEN + 30,
                        TEN + 250,
                        TEN + 100,
                        1,
                        Proof.PUBACK,
                        0,
                        "",
                        null,
                        null));
        trace.event(
                new EventRecord.Acked(
                        SESSION,
                        List.of(new EventRecord.Ack(42, TEN + 30, TEN + 250, Proof.PUBACK, 0))));
        assertEquals(
                List.of("accepted", "routed", "sent", "acknowledged", "delivered"),
                trace.steps().stream().map(Step::name).toList());
    }

    @Test
    void aSessionOnAnEdgeThatIsGoneIsOver() {
        var gone = new NodeRecord.Gone(NodeRole.EDGE, new Incarnation("router-1", 1), TEN + 20);
        SessionLog log = new SessionLog(Map.of(EDGE, gone));
        log.opened(new EventRecord.Opened(SESSION, -1, Transport.TCP, 5, 1, 16, true, TEN));
        Step latest = log.latest();
        assertEquals(Step.GONE, latest == null ? "" : latest.name());
        assertEquals(null, log.openAt(TEN + 30));
    }

    @Test
    void whatWasForLaterSaysSoAndNotThatItStoodBehindOthers() {
        Message later =
                new Message(
                        PHONE,
                        Payload.ofText("hello"),
                        null,
                        Message.ABSENT,
                        null,
                        Urgency.NORMAL,
                        null,
                        TEN + 600_000,
                        null,
                        null,
                        Message.ABSENT,
                        null,
                        null,
                        List.of());
        trace.accepted(TEN, later, true);
        opened(TEN - 1_000);
        settled(Outcome.CANCELLED, 0, "");
        assertTrue(
                verdict().endsWith("It was not to be sent before 2026-11-18T10:10:00Z."),
                verdict());
    }

    @Test
    void whatAnOpenTransactionHoldsBackSaysSo() {
        accepted();
        trace.heldBack();
        assertTrue(verdict().contains("transaction that is open"), verdict());
    }
}
