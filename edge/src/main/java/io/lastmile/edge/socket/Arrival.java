package io.lastmile.edge.socket;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** One connection from accept to the answer to its CONNECT, or to its close. One thread. */
final class Arrival {
    private static final int IPV6_BYTES = 16;
    private static final int NETWORK_BYTES = 8;

    private final Arrivals all;
    private @Nullable InetAddress origin;

    Arrival(Arrivals all) {
        this.all = all;
    }

    /** Where it comes from: its address, of IPv6 the network; null where nobody said. */
    @Nullable InetAddress origin() {
        return origin;
    }

    /** Takes its place among those from there; false where there are too many. */
    boolean comesFrom(InetAddress address) {
        InetAddress from = networkOf(address);
        if (!all.enter(from)) {
            return false;
        }
        origin = from;
        return true;
    }

    void end() {
        all.end(origin);
    }

    /** Whoever has an IPv6 address mostly has a whole network of 64 bits (RFC 6177). */
    private static InetAddress networkOf(InetAddress address) {
        byte[] bytes = address.getAddress();
        try {
            InetAddress same = InetAddress.getByAddress(bytes); // IPv4 even if mapped into IPv6
            if (same.getAddress().length != IPV6_BYTES) {
                return same;
            }
            Arrays.fill(bytes, NETWORK_BYTES, IPV6_BYTES, (byte) 0);
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("neither 4 nor 16 bytes: " + address, e);
        }
    }
}
