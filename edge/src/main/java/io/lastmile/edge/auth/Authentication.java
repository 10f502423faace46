package io.lastmile.edge.auth;

import io.lastmile.edge.session.Verdict;
import org.jspecify.annotations.Nullable;

/** Decides whether devices are who they say. Any thread. */
public interface Authentication extends AutoCloseable {
    /** Believes everybody. */
    Authentication NONE = (credentials, connect) -> new Verdict.Accepted(Verdict.FOR_EVER);

    /**
     * Looks at what a device shows, without making the caller wait.
     *
     * @param connect is given the verdict, on another thread, where it takes time
     * @return the verdict where it takes none; else null
     */
    @Nullable Verdict check(Credentials credentials, PendingConnect connect);

    /** Its connection is gone: what has not been checked need not be. */
    default void forget(PendingConnect connect) {}

    @Override
    default void close() {}
}
