package io.lastmile.wire.record;

/** The record headers that mean something in the broadcasts topic only, beside a message's. */
public enum BroadcastHeader {
    /** Seconds over which members that are connected get it. */
    SPREAD("spread"),
    /** {@code each} or {@code summary}, see {@link Receipts}. */
    RECEIPTS("receipts"),
    /** {@code true}: it goes to whoever joins the channel later, too. */
    KEEP("keep");

    private final String headerName;

    BroadcastHeader(String headerName) {
        this.headerName = headerName;
    }

    /** The name of the header in the record. */
    public String headerName() {
        return headerName;
    }
}
