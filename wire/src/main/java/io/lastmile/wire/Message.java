package io.lastmile.wire;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One payload for one device, with everything its producer said about it. Absent attributes are
 * null (numbers: {@link #ABSENT}).
 *
 * <p>Wide because it names the fields of a record in Kafka and its headers one by one.
 *
 * @param ttlSeconds from the append time; {@link #ABSENT} for the default
 * @param notBeforeMs since the epoch; {@link #ABSENT} for at once
 * @param control what the record says instead of being a message
 * @param origin the first id, where an owner appended the message again
 * @param acceptedAtMs the first append time since the epoch, where an owner appended it again
 * @param attributes the sender's own headers, in their order
 */
public record Message(
        DeviceId device,
        Payload payload,
        @Nullable String contentType,
        long ttlSeconds,
        @Nullable String collapseKey,
        Urgency urgency,
        @Nullable String idempotencyKey,
        long notBeforeMs,
        @Nullable Control control,
        @Nullable MessageId origin,
        long acceptedAtMs,
        @Nullable MessageId replayOf,
        @Nullable String traceparent,
        List<Header> attributes) {
    /** Stands for a number that was not given. */
    public static final long ABSENT = -1;

    /**
     * @throws IllegalArgumentException where an attribute has the name of a registered header: it
     *     would be read back as that header
     */
    public Message {
        attributes = List.copyOf(attributes);
        for (Header attribute : attributes) {
            if (MessageHeader.ofName(attribute.name()).isPresent()) {
                throw new IllegalArgumentException(attribute.name() + " is no attribute");
            }
        }
    }

    /** The message that this record takes back; null where it takes none back. */
    public @Nullable MessageId cancel() {
        return control instanceof Control.Cancel(var id) ? id : null;
    }

    /** A record that says this of the device, and is no message. */
    public static Message control(DeviceId device, Control control) {
        return new Message(
                device,
                Payload.EMPTY,
                null,
                ABSENT,
                null,
                Urgency.NORMAL,
                null,
                ABSENT,
                control,
                null,
                ABSENT,
                null,
                null,
                List.of());
    }

    /**
     * A message with a payload and nothing else, as from a producer that sets only key and value.
     */
    public static Message plain(DeviceId device, Payload payload) {
        return new Message(
                device,
                payload,
                null,
                ABSENT,
                null,
                Urgency.NORMAL,
                null,
                ABSENT,
                null,
                null,
                ABSENT,
                null,
                null,
                List.of());
    }

    /**
     * The same message once its time has come: its idempotency key and its not-before have been
     * looked at.
     */
    public Message due() {
        return new Message(
                device,
                payload,
                contentType,
                ttlSeconds,
                collapseKey,
                urgency,
                null,
                ABSENT,
                control,
                origin,
                acceptedAtMs,
                replayOf,
                traceparent,
                attributes);
    }

    /** The same message as its owner appends it again: with its first id and append time. */
    public Message appendedAgain(MessageId firstId, long firstAcceptedAtMs) {
        return new Message(
                device,
                payload,
                contentType,
                ttlSeconds,
                collapseKey,
                urgency,
                idempotencyKey,
                notBeforeMs,
                control,
                firstId,
                firstAcceptedAtMs,
                replayOf,
                traceparent,
                attributes);
    }
}
