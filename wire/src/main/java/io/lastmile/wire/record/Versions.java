package io.lastmile.wire.record;

import io.lastmile.wire.BytesReader;
import io.lastmile.wire.MalformedException;

/** The version byte that every value starts with. */
final class Versions {
    private Versions() {}

    /** Reads the version byte and refuses one that is newer than this code knows. */
    static int read(BytesReader in, int newest) {
        int version = in.u8("version");
        if (version < 1 || version > newest) {
            throw new MalformedException("version", "1 to " + newest + ", not " + version);
        }
        return version;
    }
}
