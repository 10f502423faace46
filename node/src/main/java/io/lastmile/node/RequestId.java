package io.lastmile.node;

import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What a request is called in logs and in its answer: as its sender says, or a name of ours. */
final class RequestId {
    /** The header of both. */
    static final String HEADER = "X-Request-Id";

    private static final Pattern ALLOWED = Pattern.compile("[A-Za-z0-9._:~@=+/-]{1,128}");

    private RequestId() {}

    static String of(@Nullable String given) {
        return given != null && ALLOWED.matcher(given).matches()
                ? given
                : Long.toString(ThreadLocalRandom.current().nextLong() >>> 1, 36);
    }
}
