package io.lastmile.node.trace;

import io.lastmile.wire.Message;
import io.lastmile.wire.record.ParkedRecord;
import io.lastmile.wire.record.Proof;
import io.lastmile.wire.record.ReceiptRecord;
import io.lastmile.wire.record.RevocationRecord;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Answers in a sentence or two why a device did or did not get a message. */
public final class Verdict {
    private final MessageTrace trace;
    private final long nowMs;

    private Verdict(MessageTrace trace, long nowMs) {
        this.trace = trace;
        this.nowMs = nowMs;
    }

    public static String of(MessageTrace trace, long nowMs) {
        return new Verdict(trace, nowMs).text();
    }

    private String text() {
        ReceiptRecord receipt = trace.receipt();
        if (receipt == null) {
            return unsettled();
        }
        String after = Step.span(Math.max(0, receipt.settledAtMs() - receipt.acceptedAtMs()));
        String device = trace.device().value();
        return switch (receipt.outcome()) {
            case DELIVERED -> delivered(receipt);
            case EXPIRED ->
                    "%s did not get it: it expired %s after it was accepted (%s). %s"
                            .formatted(
                                    device, after, receipt.detail(), whyNot(receipt, "meanwhile"));
            case REPLACED ->
                    "%s did not get it: a later message with the same collapse key took its place (%s). %s"
                            .formatted(device, receipt.detail(), whyNot(receipt, "until then"));
            case OVERFLOWED ->
                    "%s did not get it: its inbox was full, and the oldest message gave way (%s). %s"
                            .formatted(device, receipt.detail(), whyNot(receipt, "until then"));
            case CANCELLED ->
                    "%s did not get it: it was cancelled %s after it was accepted. %s"
                            .formatted(device, after, whyNot(receipt, "until then"));
            case REJECTED -> rejected(receipt);
        };
    }

    private String rejected(ReceiptRecord receipt) {
        String device = trace.device().value();
        if (receipt.session() == null) {
            return "%s did not get it: it was rejected (%s).".formatted(device, receipt.detail());
        }
        return receipt.proof() == Proof.NONE
                ? "%s did not get it. It was %s (reason code 0x%02x)."
                        .formatted(device, receipt.detail(), receipt.reasonCode())
                : "%s got it and refused it: PUBACK with reason code 0x%02x."
                        .formatted(device, receipt.reasonCode());
    }

    private String delivered(ReceiptRecord receipt) {
        String resends =
                receipt.sends() > 1
                        ? " It was sent " + Step.times(receipt.sends()) + "; perhaps it came twice."
                        : "";
        long endMs = receipt.acknowledgedAtMs();
        String after = Step.span(Math.max(0, endMs - receipt.acceptedAtMs()));
        return receipt.proof() == Proof.SENT
                ? "%s was sent it %s after it was accepted. It subscribed with QoS 0, so that it does not say whether it arrived.%s"
                        .formatted(trace.device(), after, resends)
                : "%s has it: it acknowledged it %s after it was accepted.%s"
                        .formatted(trace.device(), after, resends);
    }

    private String whyNot(ReceiptRecord receipt, String when) {
        if (receipt.sends() > 0) {
            return "It was sent %s, and never acknowledged.".formatted(Step.times(receipt.sends()));
        }
        Message message = trace.message();
        if (message != null && message.notBeforeMs() > receipt.settledAtMs()) {
            return "It was not to be sent before %s."
                    .formatted(Instant.ofEpochMilli(message.notBeforeMs()));
        }
        Step open = trace.sessions().openAt(receipt.settledAtMs());
        RevocationRecord revocation = trace.revocation();
        if (open == null && revocation != null && revocation.atMs() <= receipt.settledAtMs()) {
            return "The device was locked out%s.".formatted(sinceWhy(revocation));
        }
        return open == null
                ? "The device was offline %s%s.".formatted(when, since(receipt.settledAtMs()))
                : "The device was connected since %s (%s), behind others or in a full window."
                        .formatted(Instant.ofEpochMilli(open.atMs()), open.session());
    }

    private String since(long timeMs) {
        Step end = trace.sessions().endBefore(timeMs);
        return end == null
                ? ""
                : ": its last session %s ended at %s (%s)"
                        .formatted(end.session(), Instant.ofEpochMilli(end.atMs()), end.detail());
    }

    private String unsettled() {
        long waits = Math.max(0, nowMs - trace.acceptedAtMs());
        String begin = "Not settled yet, %s after it was accepted: ".formatted(Step.span(waits));
        if (trace.isHeldBack()) {
            return begin
                    + "a producer's transaction that is open holds its partition back. It is read as soon as that ends; lastmile doctor says which one.";
        }
        long notBeforeMs = notBeforeMs();
        if (notBeforeMs > nowMs && notBeforeMs != ParkedRecord.APPENDED_AGAIN) {
            return begin + "it is not to be sent before " + Instant.ofEpochMilli(notBeforeMs) + ".";
        }
        Step latest = trace.sessions().latest();
        if (latest != null && latest.name().equals(Step.OPENED)) {
            return begin
                    + "the device is connected (%s), and has not acknowledged it."
                            .formatted(latest.session());
        }
        RevocationRecord revocation = trace.revocation();
        return revocation == null
                ? begin + "it waits in the inbox, the device is offline" + since(nowMs) + "."
                : begin
                        + "it waits in the inbox, the device is locked out%s and may not connect."
                                .formatted(sinceWhy(revocation));
    }

    private static String sinceWhy(RevocationRecord revocation) {
        String why = Step.whoAndWhy(revocation);
        return " since %s%s"
                .formatted(
                        Instant.ofEpochMilli(revocation.atMs()),
                        why.isEmpty() ? "" : " (" + why + ")");
    }

    private long notBeforeMs() {
        ParkedRecord parked = trace.lastParked();
        @Nullable Message message = trace.message();
        if (parked != null) {
            return parked.notBeforeMs();
        }
        return message == null ? Message.ABSENT : message.notBeforeMs();
    }
}
