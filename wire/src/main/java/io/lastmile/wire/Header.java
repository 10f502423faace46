package io.lastmile.wire;

/**
 * A name and a UTF-8 value beside a message: one of the {@link MessageHeader}s or the sender's own.
 */
public record Header(String name, String value) {}
