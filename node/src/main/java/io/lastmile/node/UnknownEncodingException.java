package io.lastmile.node;

import java.io.IOException;

/** A body is packed in a way that is not understood here. */
public final class UnknownEncodingException extends IOException {
    UnknownEncodingException() {
        super("only gzip is understood");
    }
}
