package io.lastmile.bench.load;

import io.lastmile.wire.MessageId;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The id with which the answer to an accepted message begins. */
final class AnsweredId {
    private static final byte[] BEFORE = "{\"id\":\"".getBytes(StandardCharsets.US_ASCII);

    private AnsweredId() {}

    /** The id, of the answer that begins there; null where it has none. */
    static @Nullable MessageId of(byte[] bytes, int from, int to) {
        int at = Math.min(to, from + BEFORE.length);
        if (!Arrays.equals(bytes, from, at, BEFORE, 0, BEFORE.length)) {
            return null;
        }
        int partition = 0;
        for (; bytes[at] != '-'; at++) {
            partition = 10 * partition + bytes[at] - '0';
        }
        long offset = 0;
        for (at++; bytes[at] != '"'; at++) {
            offset = 10 * offset + bytes[at] - '0';
        }
        return new MessageId(partition, offset);
    }
}
