package io.lastmile.wire.record;

import io.lastmile.wire.Audience;
import io.lastmile.wire.BroadcastId;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.Header;
import io.lastmile.wire.MalformedException;
import io.lastmile.wire.Message;
import io.lastmile.wire.MessageHeader;
import io.lastmile.wire.Payload;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A record of {@code lastmile.broadcasts}: key = a channel or a condition over channels, value =
 * payload as given, headers as of a message and those of {@link BroadcastHeader}. A header that
 * stands twice counts by its last value.
 */
public sealed interface BroadcastRecord {
    /** Stands where a message names its device. */
    DeviceId ADDRESSEE = new DeviceId("~");

    /** The longest time over which it can be spread. */
    int SPREAD_SECONDS_MAX = 7 * 24 * 3600;

    /**
     * A payload for all members.
     *
     * @param message payload and attributes; its device is {@link #ADDRESSEE}
     */
    record Post(
            Audience audience, Message message, int spreadSeconds, Receipts receipts, boolean keep)
            implements BroadcastRecord {
        /** What is needed to decide about it, once it is in Kafka. */
        public BroadcastFacts facts(BroadcastId id, long acceptedAtMs) {
            return new BroadcastFacts(
                    id,
                    audience,
                    acceptedAtMs,
                    message.ttlSeconds(),
                    message.notBeforeMs(),
                    spreadSeconds,
                    message.payload().length(),
                    message.urgency(),
                    message.collapseKey(),
                    message.idempotencyKey(),
                    receipts,
                    keep);
        }

        /** The headers of the record. */
        public List<Header> headers() {
            List<Header> headers = new ArrayList<>(MessageRecord.headers(message));
            if (spreadSeconds > 0) {
                headers.add(header(BroadcastHeader.SPREAD, Integer.toString(spreadSeconds)));
            }
            if (receipts != Receipts.AUTO) {
                headers.add(header(BroadcastHeader.RECEIPTS, receipts.label()));
            }
            if (keep) {
                headers.add(header(BroadcastHeader.KEEP, "true"));
            }
            return headers;
        }

        private static Header header(BroadcastHeader name, String value) {
            return new Header(name.headerName(), value);
        }
    }

    /** Takes a broadcast back, as far as it is not sent; the key of the record means nothing. */
    record Cancel(BroadcastId id) implements BroadcastRecord {
        /** The headers of the record. */
        public List<Header> headers() {
            return List.of(new Header(MessageHeader.CANCEL.headerName(), id.toString()));
        }
    }

    /**
     * The broadcast of a record.
     *
     * @param key null where the record has none
     * @throws MalformedException naming the header and the allowed range
     */
    static BroadcastRecord decode(@Nullable String key, Payload payload, List<Header> headers) {
        List<Header> ofMessage = new ArrayList<>(headers.size());
        int spreadSeconds = 0;
        Receipts receipts = Receipts.AUTO;
        boolean keep = false;
        String cancel = null;
        for (Header header : headers) {
            String name = header.name();
            if (name.equals(MessageHeader.CANCEL.headerName())) {
                cancel = header.value();
            } else if (name.equals(BroadcastHeader.SPREAD.headerName())) {
                spreadSeconds = spread(header.value());
            } else if (name.equals(BroadcastHeader.RECEIPTS.headerName())) {
                receipts =
                        Receipts.ofLabel(header.value())
                                .orElseThrow(() ->
                                        new MalformedException("receipts", "each or summary"));
            } else if (name.equals(BroadcastHeader.KEEP.headerName())) {
                keep = keep(header.value());
            } else {
                ofMessage.add(header);
            }
        }
        if (cancel != null) {
            return new Cancel(id(cancel));
        }
        Message message = MessageRecord.decode(ADDRESSEE, payload, ofMessage);
        if (message.control() != null) {
            throw new MalformedException("join", "a broadcast has no join or leave");
        }
        if (message.origin() != null || message.acceptedAtMs() != Message.ABSENT) {
            throw new MalformedException("origin", "a broadcast has no origin or accepted-at");
        }
        return new Post(audience(key), message, spreadSeconds, receipts, keep);
    }

    private static Audience audience(@Nullable String key) {
        if (key == null) {
            throw new MalformedException("key", Audience.RULE);
        }
        try {
            return Audience.parse(key);
        } catch (Audience.AudienceException e) {
            throw new MalformedException("key", String.valueOf(e.getMessage()));
        }
    }

    private static int spread(String value) {
        boolean digits = value.chars().allMatch(c -> c >= '0' && c <= '9');
        if (digits && !value.isEmpty() && value.length() < 10) { // so many fit an int
            int seconds = Integer.parseInt(value);
            if (seconds <= SPREAD_SECONDS_MAX) {
                return seconds;
            }
        }
        throw new MalformedException(
                BroadcastHeader.SPREAD.headerName(),
                "a whole number of seconds, 0 to " + SPREAD_SECONDS_MAX);
    }

    private static boolean keep(String value) {
        return switch (value) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new MalformedException("keep", "true or false");
        };
    }

    private static BroadcastId id(String value) {
        try {
            return BroadcastId.parse(value);
        } catch (IllegalArgumentException e) {
            throw new MalformedException(MessageHeader.CANCEL.headerName(), BroadcastId.RULE);
        }
    }
}
