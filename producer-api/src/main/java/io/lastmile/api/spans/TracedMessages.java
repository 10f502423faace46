package io.lastmile.api.spans;

import io.lastmile.node.Metric;
import io.lastmile.node.Metrics;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.record.ReceiptRecord;

/**
 * The messages under way whose senders want them traced; as each is settled, the exporter is given
 * its spans. One thread.
 */
public final class TracedMessages {
    private final Contexts contexts;
    private final SpanExporter exporter;
    private final Metrics.Counter forgotten;

    /** None yet, and room for so many. */
    public TracedMessages(int messagesMax, SpanExporter exporter, Metrics metrics) {
        contexts = new Contexts(messagesMax);
        this.exporter = exporter;
        forgotten = metrics.counter(Metric.API_TRACE_FORGOTTEN);
    }

    /** A message at this place has this header; one that is no sampled context is ignored. */
    public void accepted(int partition, long offset, String traceparent) {
        TraceParent context = TraceParent.parse(traceparent);
        if (context != null && context.isSampled() && contexts.put(partition, offset, context)) {
            forgotten.increment();
        }
    }

    /** The message with this receipt, in this partition, is settled. */
    public void settled(int partition, DeviceId device, ReceiptRecord receipt) {
        TraceParent context = contexts.take(partition, receipt.offset());
        if (context != null) {
            exporter.give(MessageSpans.of(context, device, receipt));
        }
    }

    /** Somebody else has this partition now. */
    public void forget(int partition) {
        contexts.forget(partition);
    }
}
