package io.lastmile.edge.auth;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;

/** A secret that a device sent, which no log is to show. */
public final class Password {
    /** That of a device which sent none. */
    public static final Password NONE = new Password(new byte[0]);

    private final byte[] bytes;

    /** Takes the array over. */
    public Password(byte[] bytes) {
        this.bytes = bytes;
    }

    boolean isEmpty() {
        return bytes.length == 0;
    }

    /** As characters; what is no UTF-8 is no password. */
    String text() {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Password password && MessageDigest.isEqual(bytes, password.bytes);
    }

    @Override
    public int hashCode() {
        return 0; // nothing is kept by it
    }

    @Override
    public String toString() {
        return "a password";
    }
}
