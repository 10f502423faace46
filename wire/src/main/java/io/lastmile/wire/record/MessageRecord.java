package io.lastmile.wire.record;

import io.lastmile.wire.ChannelName;
import io.lastmile.wire.Control;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.Header;
import io.lastmile.wire.MalformedException;
import io.lastmile.wire.MemberSource;
import io.lastmile.wire.Message;
import io.lastmile.wire.MessageHeader;
import io.lastmile.wire.MessageId;
import io.lastmile.wire.MqttText;
import io.lastmile.wire.Payload;
import io.lastmile.wire.Urgency;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A record of {@code lastmile.messages}: key = device, value = payload as given, headers after the
 * registry in {@link MessageHeader}. A header that stands twice counts by its last value, as
 * Kafka's own {@code lastHeader} does.
 */
public final class MessageRecord {
    /** The longest collapse or idempotency key, in characters. */
    public static final int KEY_LENGTH_MAX = 128;

    /** The longest content type, in characters. */
    public static final int CONTENT_TYPE_LENGTH_MAX = 255;

    /** The most headers of the sender's own. */
    public static final int ATTRIBUTES_MAX = 64;

    /** The most characters in names and values of the sender's own headers together. */
    public static final int ATTRIBUTES_CHARS_MAX = 8_192;

    /** The latest time that a header may name, ms since the epoch: the end of the year 9999. */
    public static final long TIME_MS_MAX = 253_402_300_799_999L;

    /** The longest time to live, by any door: 28 days. */
    public static final long TTL_SECONDS_MAX = 28L * 24 * 3600;

    private static final int TRACEPARENT_LENGTH_MAX = 256;

    private MessageRecord() {}

    /** The headers of a message, in the order of the registry and then the sender's own. */
    public static List<Header> headers(Message message) {
        List<Header> headers = new ArrayList<>(message.attributes().size() + 4);
        addNumber(headers, MessageHeader.TTL, message.ttlSeconds());
        add(headers, MessageHeader.COLLAPSE_KEY, message.collapseKey());
        if (message.urgency() != Urgency.NORMAL) {
            add(headers, MessageHeader.URGENCY, message.urgency().label());
        }
        add(headers, MessageHeader.CONTENT_TYPE, message.contentType());
        add(headers, MessageHeader.IDEMPOTENCY_KEY, message.idempotencyKey());
        addNumber(headers, MessageHeader.NOT_BEFORE, message.notBeforeMs());
        addControl(headers, message.control());
        add(headers, MessageHeader.ORIGIN, message.origin());
        addNumber(headers, MessageHeader.ACCEPTED_AT, message.acceptedAtMs());
        add(headers, MessageHeader.REPLAY_OF, message.replayOf());
        add(headers, MessageHeader.TRACEPARENT, message.traceparent());
        headers.addAll(message.attributes());
        return headers;
    }

    /**
     * The message of a record.
     *
     * @param payload the value; a tombstone's is empty
     * @throws MalformedException naming the header and the allowed range
     */
    public static Message decode(DeviceId device, Payload payload, List<Header> headers) {
        Message message = decodeRead(device, payload, headers);
        headers.forEach(MessageRecord::checkText);
        return message;
    }

    /**
     * The message of a record that its owner has read and hands on. What MQTT does not carry is let
     * through: who writes to the device leaves it out, and refuses nothing else for it.
     *
     * @throws MalformedException naming the header and the allowed range
     */
    public static Message decodeRead(DeviceId device, Payload payload, List<Header> headers) {
        Map<MessageHeader, String> known = new EnumMap<>(MessageHeader.class);
        List<Header> own = new ArrayList<>();
        int ownChars = 0;
        for (Header header : headers) {
            MessageHeader registered = MessageHeader.ofName(header.name()).orElse(null);
            if (registered != null) {
                known.put(registered, header.value());
            } else {
                own.add(header);
                ownChars += header.name().length() + header.value().length();
            }
        }
        if (own.size() > ATTRIBUTES_MAX || ownChars > ATTRIBUTES_CHARS_MAX) {
            throw new MalformedException(
                    "attributes",
                    "at most "
                            + ATTRIBUTES_MAX
                            + " of together "
                            + ATTRIBUTES_CHARS_MAX
                            + " characters");
        }
        return new Message(
                device,
                payload,
                text(known, MessageHeader.CONTENT_TYPE, CONTENT_TYPE_LENGTH_MAX),
                number(known, MessageHeader.TTL, TTL_SECONDS_MAX),
                text(known, MessageHeader.COLLAPSE_KEY, KEY_LENGTH_MAX),
                urgency(known.get(MessageHeader.URGENCY)),
                text(known, MessageHeader.IDEMPOTENCY_KEY, KEY_LENGTH_MAX),
                number(known, MessageHeader.NOT_BEFORE, TIME_MS_MAX),
                control(known),
                id(known, MessageHeader.ORIGIN),
                number(known, MessageHeader.ACCEPTED_AT, TIME_MS_MAX),
                id(known, MessageHeader.REPLAY_OF),
                text(known, MessageHeader.TRACEPARENT, TRACEPARENT_LENGTH_MAX),
                own);
    }

    private static void addControl(List<Header> headers, @Nullable Control control) {
        switch (control) {
            case null -> {}
            case Control.Cancel(var id) -> add(headers, MessageHeader.CANCEL, id);
            case Control.Join(var channel, var source) -> {
                add(headers, MessageHeader.JOIN, channel);
                add(headers, MessageHeader.MEMBER_SOURCE, source);
            }
            case Control.Leave(var channel, var source) -> {
                add(headers, MessageHeader.LEAVE, channel);
                add(headers, MessageHeader.MEMBER_SOURCE, source);
            }
        }
    }

    private static @Nullable Control control(Map<MessageHeader, String> known) {
        MessageId cancel = id(known, MessageHeader.CANCEL);
        ChannelName join = channel(known, MessageHeader.JOIN);
        ChannelName leave = channel(known, MessageHeader.LEAVE);
        int count = (cancel == null ? 0 : 1) + (join == null ? 0 : 1) + (leave == null ? 0 : 1);
        if (count > 1) {
            throw new MalformedException("join", "only one of cancel, join and leave in a record");
        }
        MemberSource source = source(known.get(MessageHeader.MEMBER_SOURCE));
        if (join != null) {
            return new Control.Join(join, source);
        }
        if (leave != null) {
            return new Control.Leave(leave, source);
        }
        return cancel == null ? null : new Control.Cancel(cancel);
    }

    private static @Nullable ChannelName channel(
            Map<MessageHeader, String> known, MessageHeader header) {
        String value = known.get(header);
        if (value == null) {
            return null;
        }
        if (!ChannelName.isValid(value)) {
            throw new MalformedException(header.headerName(), ChannelName.RULE);
        }
        return new ChannelName(value);
    }

    private static MemberSource source(@Nullable String value) {
        if (value == null) {
            return MemberSource.API;
        }
        try {
            return MemberSource.parse(value);
        } catch (IllegalArgumentException e) {
            throw new MalformedException(
                    MessageHeader.MEMBER_SOURCE.headerName(), MemberSource.RULE);
        }
    }

    private static void checkText(Header header) {
        String fault = MqttText.fault(header.name());
        if (fault != null) {
            throw new MalformedException("attributes", "a name in which " + fault);
        }
        fault = MqttText.fault(header.value());
        if (fault != null) {
            throw new MalformedException(header.name(), fault);
        }
    }

    private static void add(List<Header> headers, MessageHeader header, @Nullable Object value) {
        if (value != null) {
            headers.add(new Header(header.headerName(), value.toString()));
        }
    }

    private static void addNumber(List<Header> headers, MessageHeader header, long value) {
        if (value != Message.ABSENT) {
            headers.add(new Header(header.headerName(), Long.toString(value)));
        }
    }

    private static @Nullable String text(
            Map<MessageHeader, String> known, MessageHeader header, int lengthMax) {
        String value = known.get(header);
        if (value == null) {
            return null;
        }
        if (value.isEmpty() || value.length() > lengthMax) {
            throw new MalformedException(header.headerName(), "1 to " + lengthMax + " characters");
        }
        return value;
    }

    private static long number(Map<MessageHeader, String> known, MessageHeader header, long max) {
        String value = known.get(header);
        if (value == null) {
            return Message.ABSENT;
        }
        boolean digits = !value.isEmpty() && value.chars().allMatch(c -> c >= '0' && c <= '9');
        if (digits) {
            try {
                long number = Long.parseLong(value);
                if (number <= max) {
                    return number;
                }
            } catch (NumberFormatException e) {
                digits = false; // more digits than a long holds: out of range like the rest
            }
        }
        throw new MalformedException(header.headerName(), "a whole number, 0 to " + max);
    }

    private static Urgency urgency(@Nullable String value) {
        if (value == null) {
            return Urgency.NORMAL;
        }
        return Urgency.ofLabel(value)
                .orElseThrow(() ->
                        new MalformedException(
                                MessageHeader.URGENCY.headerName(),
                                "one of very-low, low, normal, high"));
    }

    private static @Nullable MessageId id(Map<MessageHeader, String> known, MessageHeader header) {
        String value = known.get(header);
        if (value == null) {
            return null;
        }
        try {
            return MessageId.parse(value);
        } catch (IllegalArgumentException e) {
            throw new MalformedException(header.headerName(), MessageId.RULE);
        }
    }
}
