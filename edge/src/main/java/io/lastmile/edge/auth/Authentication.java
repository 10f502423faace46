package io.lastmile.edge.auth;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Decides whether devices are who they say. Any thread. */
public interface Authentication extends AutoCloseable {
    /** Believes everybody. */
    Authentication NONE = (credentials, later) -> new Verdict.Accepted(Verdict.FOR_EVER);

    /**
     * Looks at what a device shows, without making the caller wait.
     *
     * @param later is given the verdict, on another thread, where it takes time
     * @return the verdict where it takes none; else null
     */
    @Nullable Verdict check(Credentials credentials, Consumer<Verdict> later);

    @Override
    default void close() {}
}
