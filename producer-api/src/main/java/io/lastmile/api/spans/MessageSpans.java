package io.lastmile.api.spans;

import io.lastmile.wire.DeviceId;
import io.lastmile.wire.Outcome;
import io.lastmile.wire.SessionId;
import io.lastmile.wire.record.ReceiptRecord;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The spans of a settled message: one from acceptance to settlement, and in it one for each stage
 * that the receipt knows both ends of. Their ids follow from trace, message and stage, so that a
 * receipt that is read twice does not make other spans.
 */
final class MessageSpans {
    private static final int ID_DIGITS = 16;

    private final TraceParent parent;
    private final ReceiptRecord receipt;
    private final Map<String, String> attributes = new TreeMap<>();
    private final List<Span> spans = new ArrayList<>();

    private MessageSpans(TraceParent parent, DeviceId device, ReceiptRecord receipt) {
        this.parent = parent;
        this.receipt = receipt;
        attributes.put("messaging.system", "lastmile");
        attributes.put("messaging.message.id", receipt.id().toString());
        attributes.put("lastmile.device", device.value());
        attributes.put("lastmile.outcome", receipt.outcome().label());
        attributes.put("lastmile.sends", Integer.toString(receipt.sends()));
        SessionId session = receipt.session();
        if (session != null) {
            attributes.put("lastmile.session", session.toString());
            attributes.put("lastmile.edge", session.edge().node());
        }
        if (!receipt.detail().isEmpty()) {
            attributes.put("lastmile.detail", receipt.detail());
        }
    }

    static List<Span> of(TraceParent parent, DeviceId device, ReceiptRecord receipt) {
        MessageSpans spans = new MessageSpans(parent, device, receipt);
        spans.tell();
        return spans.spans;
    }

    private void tell() {
        long endMs = Math.max(receipt.settledAtMs(), receipt.acknowledgedAtMs());
        String id = id("message");
        String problem =
                receipt.outcome() == Outcome.DELIVERED
                        ? ""
                        : (receipt.outcome().label() + ": " + receipt.detail());
        spans.add(span(id, parent.spanId(), "message", receipt.acceptedAtMs(), endMs, problem));
        stage(id, "route", receipt.acceptedAtMs(), receipt.routedAtMs());
        stage(id, "send", receipt.routedAtMs(), receipt.sentAtMs());
        stage(id, "acknowledge", receipt.sentAtMs(), receipt.acknowledgedAtMs());
        stage(id, "settle", receipt.acknowledgedAtMs(), receipt.settledAtMs());
    }

    private void stage(String message, String name, long beginMs, long endMs) {
        if (beginMs != ReceiptRecord.NEVER && endMs != ReceiptRecord.NEVER) {
            spans.add(span(id(name), message, name, beginMs, endMs, ""));
        }
    }

    /** Begin and end may be of two clocks: a span that would end before it began has no length. */
    private Span span(
            String id, String parentId, String name, long beginMs, long endMs, String problem) {
        return new Span(
                parent.traceId(),
                id,
                parentId,
                "lastmile " + name,
                beginMs,
                Math.max(beginMs, endMs),
                attributes,
                problem);
    }

    private String id(String stage) {
        String all = parent.traceId() + parent.spanId() + receipt.id() + stage;
        try {
            byte[] hash =
                    MessageDigest.getInstance("SHA-256")
                            .digest(all.getBytes(StandardCharsets.US_ASCII));
            return HexFormat.of().formatHex(hash).substring(0, ID_DIGITS);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e); // every Java has it
        }
    }
}
