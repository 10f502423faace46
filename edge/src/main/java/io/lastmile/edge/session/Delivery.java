package io.lastmile.edge.session;

/** What becomes of a message that its owner wants a session to have. */
public enum Delivery {
    /** It goes to the device; it now has a packet id. */
    SEND,
    /** Its offset is not above the highest that was sent: it is dropped. */
    ALREADY_SENT,
    /** The device may not be given more: the owner did not keep to the window. */
    NO_ROOM,
    /** The session is ending. */
    OVER
}
