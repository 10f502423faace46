package io.lastmile.wire;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The one registry of the record headers that mean something to Lastmile in the messages topic.
 * Every other header is the sender's own and travels to the device as an attribute. Values are
 * UTF-8 text.
 */
public enum MessageHeader {
    /** Seconds the message may wait, from the broker's append time (RFC 8030, section 5.2). */
    TTL("ttl"),
    /**
     * A later message of the device with the same key takes this one's place (RFC 8030, section
     * 5.4).
     */
    COLLAPSE_KEY("collapse-key"),
    /** {@code very-low}, {@code low}, {@code normal} or {@code high} (RFC 8030, section 5.3). */
    URGENCY("urgency"),
    /** The media type of the payload (RFC 9110, section 8.3). */
    CONTENT_TYPE("content-type"),
    /** A second message of the device with the same key within the window is rejected. */
    IDEMPOTENCY_KEY("idempotency-key"),
    /** Milliseconds since the epoch before which the message is not delivered. */
    NOT_BEFORE("not-before"),
    /** The id of an unsettled message of the device that this record takes back. */
    CANCEL("cancel"),
    /** The channel that the device of this record is in from here on. */
    JOIN("join"),
    /** The channel that the device of this record is not in any more. */
    LEAVE("leave"),
    /** Whose join or leave it is: {@code api} by default, the device's, or a session's. */
    MEMBER_SOURCE("member-source"),
    /** Marks the place of a broadcast among the messages of a partition. Written by owners only. */
    MARK("mark"),
    /** The first id of a message that its owner appended again. Written by owners only. */
    ORIGIN("origin"),
    /**
     * The first append time, ms since the epoch, of a message appended again. Written by owners
     * only.
     */
    ACCEPTED_AT("accepted-at"),
    /** Proves that an owner appended the message again. Written by owners only. */
    OWNER_SEAL("owner-seal"),
    /** The id of the message that this one repeats. */
    REPLAY_OF("replay-of"),
    /** W3C trace context. */
    TRACEPARENT("traceparent");

    private static final Map<String, MessageHeader> BY_NAME = new HashMap<>();

    static {
        for (MessageHeader header : values()) {
            BY_NAME.put(header.headerName, header);
        }
    }

    private final String headerName;

    MessageHeader(String headerName) {
        this.headerName = headerName;
    }

    /** The name of the header in the record. */
    public String headerName() {
        return headerName;
    }

    /** The registered header of that name, if there is one. */
    public static Optional<MessageHeader> ofName(String name) {
        return Optional.ofNullable(BY_NAME.get(name));
    }
}
