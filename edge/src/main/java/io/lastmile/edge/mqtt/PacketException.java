package io.lastmile.edge.mqtt;

import io.lastmile.edge.session.ReasonCode;

/** A packet that breaks the protocol, as its sender is told. A peer's mistake: no stack trace. */
final class PacketException extends RuntimeException {
    @SuppressWarnings("serial") // never serialized
    private final ReasonCode reason;

    PacketException(ReasonCode reason, String message) {
        super(message, null, false, false);
        this.reason = reason;
    }

    static PacketException malformed(String message) {
        return new PacketException(ReasonCode.MALFORMED_PACKET, message);
    }

    static PacketException protocolError(String message) {
        return new PacketException(ReasonCode.PROTOCOL_ERROR, message);
    }

    ReasonCode reason() {
        return reason;
    }

    /** What is wrong, in words for the device's developer. */
    String text() {
        String message = getMessage();
        return message == null ? reason.label() : message;
    }
}
