package io.lastmile.wire.record;

/**
 * The headers that {@code lastmile.rejects} adds to a record that could not be understood; key,
 * value and all other headers are as they came.
 */
public enum RejectHeader {
    /** Why, for people. */
    REASON("reject-reason"),
    /** The topic it stood in. */
    TOPIC("reject-topic"),
    /** The partition it stood in. */
    PARTITION("reject-partition"),
    /** The offset it stood at. */
    OFFSET("reject-offset");

    private final String headerName;

    RejectHeader(String headerName) {
        this.headerName = headerName;
    }

    /** The name of the header in the record. */
    public String headerName() {
        return headerName;
    }
}
