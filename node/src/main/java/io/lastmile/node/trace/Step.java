package io.lastmile.node.trace;

import io.lastmile.node.Counted;
import io.lastmile.wire.BroadcastId;
import io.lastmile.wire.ChannelName;
import io.lastmile.wire.Control;
import io.lastmile.wire.Incarnation;
import io.lastmile.wire.MemberSource;
import io.lastmile.wire.Message;
import io.lastmile.wire.MessageId;
import io.lastmile.wire.Outcome;
import io.lastmile.wire.SessionId;
import io.lastmile.wire.record.EventRecord;
import io.lastmile.wire.record.ParkedRecord;
import io.lastmile.wire.record.Proof;
import io.lastmile.wire.record.ReceiptRecord;
import io.lastmile.wire.record.RevocationRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One thing that happened to a device or to one of its messages.
 *
 * @param atMs since the epoch, by the clock of whoever says it: broker, owner or edge
 * @param name what it is, such as {@code accepted}
 * @param message whose step it is; null for one of the device
 * @param session in which it happened, if in any
 * @param detail for people, may be empty
 */
public record Step(
        long atMs,
        String name,
        @Nullable MessageId message,
        @Nullable SessionId session,
        String detail) {
    static final String ACCEPTED = "accepted";
    static final String ROUTED = "routed";
    static final String PARKED = "parked";
    static final String OPENED = "opened";
    static final String SENT = "sent";
    static final String ACKNOWLEDGED = "acknowledged";
    static final String REFUSED = "refused";
    static final String NOT_SENT = "not sent";
    static final String ENDED = "ended";
    static final String GONE = "gone";
    static final String LOCKED_OUT = "locked out";

    static Step accepted(MessageId id, long atMs, Message message) {
        StringBuilder detail = new StringBuilder();
        detail.append(Counted.of(message.payload().length(), "byte"));
        if (message.contentType() != null) {
            detail.append(" of ").append(message.contentType());
        }
        if (message.ttlSeconds() != Message.ABSENT) {
            detail.append(", ttl ").append(message.ttlSeconds()).append(" s");
        }
        if (message.collapseKey() != null) {
            detail.append(", collapse key ").append(message.collapseKey());
        }
        if (message.idempotencyKey() != null) {
            detail.append(", idempotency key ").append(message.idempotencyKey());
        }
        if (message.notBeforeMs() != Message.ABSENT) {
            detail.append(", not before ").append(Instant.ofEpochMilli(message.notBeforeMs()));
        }
        if (message.replayOf() != null) {
            detail.append(", replay of ").append(message.replayOf());
        }
        return new Step(atMs, ACCEPTED, id, null, detail.toString());
    }

    /** Its owner wrote it to the log again: where its key hashes to, or because it was due. */
    static Step appendedAgain(MessageId id, long atMs, MessageId place) {
        return new Step(atMs, "appended again", id, null, "as " + place);
    }

    static Step cancelAsked(MessageId id, long atMs, MessageId place) {
        return new Step(atMs, "cancel asked", id, null, "by " + place);
    }

    /** A record that is no message. */
    static Step control(Control control, long atMs, MessageId place) {
        return switch (control) {
            case Control.Cancel(var id) -> cancelAsked(id, atMs, place);
            case Control.Join(var channel, var source) ->
                    new Step(atMs, "joined", null, null, member(channel, source, place));
            case Control.Leave(var channel, var source) ->
                    new Step(atMs, "left", null, null, member(channel, source, place));
        };
    }

    private static String member(ChannelName channel, MemberSource source, MessageId place) {
        return "the channel %s, for %s, by %s".formatted(channel, source, place);
    }

    /** A broadcast got its place among the messages of the partition. */
    static Step marked(MessageId mark, long atMs, BroadcastId broadcast, String audience) {
        return new Step(
                atMs, "marked", mark, null, "%s to %s as %s".formatted(broadcast, audience, mark));
    }

    static Step routed(MessageId id, long atMs) {
        return new Step(atMs, ROUTED, id, null, "read by its owner");
    }

    static Step parked(long atMs, ParkedRecord parked) {
        String sends = parked.sends() == 0 ? "not sent yet" : "sent " + times(parked.sends());
        String ending = parked.ending() == null ? "" : ", to end as " + parked.ending().label();
        return new Step(atMs, PARKED, parked.id(), null, "in the durable inbox, " + sends + ending);
    }

    static Step opened(EventRecord.Opened opened) {
        String detail =
                "%s, MQTT %s, QoS %d"
                        .formatted(
                                opened.transport().label(),
                                opened.protocolLevel() == 5 ? "5" : "3.1.1",
                                opened.qos());
        return new Step(opened.atMs(), OPENED, null, opened.session(), detail);
    }

    static Step ended(EventRecord.Ended ended) {
        return new Step(ended.atMs(), ENDED, null, ended.session(), ended.reason().label());
    }

    /** An edge died, and the device's session with it. */
    static Step gone(long atMs, SessionId session, Incarnation by) {
        return new Step(atMs, GONE, null, session, "the edge was declared gone by " + by);
    }

    /** Somebody revoked the device: it may not connect. */
    static Step lockedOut(RevocationRecord revocation) {
        return new Step(revocation.atMs(), LOCKED_OUT, null, null, whoAndWhy(revocation));
    }

    /** Whose key it was and why, as far as anybody said. */
    static String whoAndWhy(RevocationRecord revocation) {
        String by = revocation.by().isEmpty() ? "" : "by " + revocation.by();
        String between = by.isEmpty() || revocation.reason().isEmpty() ? "" : ": ";
        return by + between + revocation.reason();
    }

    /** What an acknowledgement tells: that it was sent, and what the device said. */
    static List<Step> acked(MessageId id, SessionId session, EventRecord.Ack ack) {
        if (ack.notSent()) {
            String why = "by the edge: it is longer than the device's Maximum Packet Size";
            return List.of(new Step(ack.acknowledgedAtMs(), NOT_SENT, id, session, why));
        }
        Step sent = new Step(ack.sentAtMs(), SENT, id, session, "to the device's socket");
        return List.of(sent, acknowledged(id, session, ack));
    }

    private static Step acknowledged(MessageId id, SessionId session, EventRecord.Ack ack) {
        if (ack.refused()) {
            String reason = "PUBACK with reason code 0x%02x".formatted(ack.reasonCode());
            return new Step(ack.acknowledgedAtMs(), REFUSED, id, session, reason);
        }
        String proof =
                ack.proof() == Proof.SENT
                        ? "the socket took the bytes (QoS 0: the device says nothing)"
                        : "PUBACK";
        return new Step(ack.acknowledgedAtMs(), ACKNOWLEDGED, id, session, proof);
    }

    static Step settled(ReceiptRecord receipt) {
        String sends = receipt.sends() > 1 ? "sent " + times(receipt.sends()) : "";
        String copy = receipt.broadcast() == null ? "" : "copy of " + receipt.broadcast();
        return new Step(
                receipt.settledAtMs(),
                receipt.outcome().label(),
                receipt.id(),
                receipt.session(),
                Stream.of(copy, receipt.detail(), sends)
                        .filter(part -> !part.isEmpty())
                        .collect(Collectors.joining(", ")));
    }

    /**
     * The steps in the order in which they happened. That is the order of time, but that brokers,
     * owners and edges have each their own: nothing happens to a message before it is accepted, or
     * after it is settled.
     */
    static List<Step> inOrder(List<Step> steps) {
        Map<MessageId, Long> firsts = new HashMap<>();
        Map<MessageId, Long> lasts = new HashMap<>();
        for (Step step : steps) {
            MessageId id = step.message;
            if (id != null) {
                lasts.merge(id, step.atMs, Math::max);
                if (step.name.equals(ACCEPTED)) {
                    firsts.put(id, step.atMs);
                }
            }
        }
        List<Step> ordered = new ArrayList<>(steps);
        ordered.sort(
                Comparator.<Step>comparingLong(
                                step -> {
                                    MessageId id = step.message;
                                    long lastMs =
                                            id == null ? step.atMs : lasts.getOrDefault(id, 0L);
                                    long firstMs = id == null ? 0 : firsts.getOrDefault(id, 0L);
                                    return step.isEnd() ? lastMs : Math.max(firstMs, step.atMs);
                                })
                        .thenComparing(step -> step.isEnd())
                        .thenComparing(step -> !step.name.equals(ACCEPTED)));
        return ordered;
    }

    private boolean isEnd() {
        return Arrays.stream(Outcome.values()).anyMatch(end -> end.label().equals(name));
    }

    /** So many times, in words where it is one. */
    static String times(int count) {
        return count == 1 ? "once" : count + " times";
    }

    /** A span of time in the largest unit that tells it. */
    public static String span(long ms) {
        if (ms < 1_000) {
            return ms + " ms";
        }
        Duration span = Duration.ofMillis(ms);
        if (ms < 60_000) {
            return "%d.%d s".formatted(span.toSeconds(), span.toMillisPart() / 100);
        }
        if (ms < 3_600_000) {
            return "%d min %d s".formatted(span.toMinutes(), span.toSecondsPart());
        }
        if (span.toDays() < 2) {
            return "%d h %d min".formatted(span.toHours(), span.toMinutesPart());
        }
        return "%d days %d h".formatted(span.toDays(), span.toHoursPart());
    }
}
