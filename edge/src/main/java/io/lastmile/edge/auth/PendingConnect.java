package io.lastmile.edge.auth;

import io.lastmile.edge.session.Verdict;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/** A CONNECT that is to be decided. Any thread. */
public interface PendingConnect {
    /** Where it comes from; null where nobody knows. */
    @Nullable InetAddress origin();

    /**
     * Whether checking it is still worth the cost: not where too many like it have failed by now.
     */
    boolean isWelcome();

    /** Is given its verdict, where there was none at once. */
    void decided(Verdict verdict);
}
