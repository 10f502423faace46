package io.lastmile.api.http;

import io.lastmile.api.keys.Caller;
import io.lastmile.node.HttpRequest;
import io.lastmile.node.Shares;

/**
 * Who gets how much of this node. What requests hold is counted by caller, which is the key where
 * keys are asked for and the {@linkplain io.lastmile.node.Hosts#network address} where not, and
 * shared by the rule of {@link Shares}, so that no caller, however many connections he has, takes
 * what others need:
 *
 * <table>
 * <caption>What is shared</caption>
 * <tr><td>requests under way</td><td>refused beyond a share</td></tr>
 * <tr><td>bytes of bodies: what has arrived, not what a head promises</td><td>refused</td></tr>
 * <tr><td>messages of batches on their way to Kafka, and their bytes</td><td>wait, in turn</td></tr>
 * <tr><td>streams of receipts, of figures</td><td>refused</td></tr>
 * <tr><td>traces being read</td><td>wait a moment, in turn; then refused</td></tr>
 * </table>
 *
 * Connections, whose heads are yet to come, are the port's: {@link io.lastmile.node.HttpListener}.
 */
public final class Admission {
    private final Shares requests;
    private final Shares bodies;

    /**
     * Room for so many.
     *
     * @param requestsMax under way at once
     * @param bodyBytesMax of bodies that are being read, or on their way to Kafka
     */
    public Admission(int requestsMax, int bodyBytesMax) {
        requests = new Shares(requestsMax);
        bodies = new Shares(bodyBytesMax);
    }

    /** Whom a request counts as: a key by its name, and who needs none by the address. */
    static String caller(Caller caller, HttpRequest request) {
        // No address looks like a name with this in front of it.
        return caller.name().isEmpty() ? request.network() : "key " + caller.name();
    }

    Shares requests() {
        return requests;
    }

    Shares bodies() {
        return bodies;
    }

    /** Bytes of bodies that are held. */
    public long bodyBytes() {
        return bodies.taken();
    }
}
