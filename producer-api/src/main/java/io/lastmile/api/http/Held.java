package io.lastmile.api.http;

import io.lastmile.node.Shares;

/** What one request holds of a room: it grows with what has arrived. One thread at a time. */
final class Held {
    private final Shares room;
    private final String caller;
    private final long overhead;
    private long held;

    /**
     * Nothing yet.
     *
     * @param overhead taken with the first piece
     */
    Held(Shares room, String caller, long overhead) {
        this.room = room;
        this.caller = caller;
        this.overhead = overhead;
    }

    /** Whether so much more would be given right now. */
    boolean hasRoom(long more) {
        return room.hasRoom(caller, more + overhead);
    }

    /** Takes so much more; false where that is more than the caller may have. */
    boolean grow(long more) {
        long needed = held == 0 ? more + overhead : more;
        if (!room.take(caller, needed)) {
            return false;
        }
        held += needed;
        return true;
    }

    /** Gives all of it back. */
    void giveBack() {
        room.give(caller, held);
        held = 0;
    }
}
