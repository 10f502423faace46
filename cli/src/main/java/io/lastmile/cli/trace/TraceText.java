package io.lastmile.cli.trace;

import io.lastmile.cli.output.Fields;
import io.lastmile.cli.output.LineFormat;
import io.lastmile.node.trace.DeviceTrace;
import io.lastmile.node.trace.MessageTrace;
import io.lastmile.node.trace.Step;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.SessionId;
import io.lastmile.wire.record.ReceiptRecord;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Traces for people, and for programs. */
final class TraceText {
    private TraceText() {}

    static String message(MessageTrace trace, String verdict) {
        return "message %s to %s%n%n%s%n%s%n"
                .formatted(trace.id(), trace.device(), lines(trace.steps(), false), verdict);
    }

    static String device(DeviceTrace trace) {
        List<Step> steps = trace.steps();
        return steps.isEmpty()
                ? "nothing happened to %s in that time%n".formatted(trace.device())
                : "%s%n%n%s".formatted(trace.device(), lines(steps, true));
    }

    private static String lines(List<Step> steps, boolean withIds) {
        StringBuilder text = new StringBuilder();
        long before = -1;
        for (Step step : steps) {
            String since = before < 0 ? "" : "+" + Step.span(Math.max(0, step.atMs() - before));
            before = Math.max(before, step.atMs());
            text.append("%s  %13s  %-14s".formatted(Fields.iso(step.atMs()), since, step.name()));
            if (withIds) {
                text.append("  %-10s".formatted(step.message() == null ? "" : step.message()));
            }
            SessionId session = step.session();
            if (session != null) {
                text.append("  ").append(session);
            }
            if (!step.detail().isEmpty()) {
                text.append("  ").append(LineFormat.printable(step.detail()));
            }
            text.append(System.lineSeparator());
        }
        return text.toString();
    }

    static String json(MessageTrace trace, String verdict) {
        ReceiptRecord receipt = trace.receipt();
        return LineFormat.JSON.line(
                new Fields()
                        .put("id", trace.id().toString())
                        .device(trace.device().bytes())
                        .put("outcome", receipt == null ? null : receipt.outcome().label())
                        .put("verdict", verdict)
                        .put("steps", trace.steps().stream().map(TraceText::step).toList())
                        .map());
    }

    static String json(DeviceTrace trace) {
        DeviceId device = trace.device();
        return LineFormat.JSON.line(
                new Fields()
                        .device(device.bytes())
                        .put("steps", trace.steps().stream().map(TraceText::step).toList())
                        .map());
    }

    private static Map<String, Object> step(Step step) {
        @Nullable SessionId session = step.session();
        Fields fields =
                new Fields()
                        .time("at", step.atMs())
                        .put("step", step.name())
                        .id("message", step.message());
        if (session != null) {
            fields.put("edge", session.edge().node())
                    .put("incarnation", Long.toString(session.edge().number(), 36))
                    .put("session", session.number());
        }
        return fields.put("detail", step.detail().isEmpty() ? null : step.detail()).map();
    }
}
