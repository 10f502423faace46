package io.lastmile.bench.load;

import java.net.InetSocketAddress;

/** Where a name leads now: whoever keeps only the name follows what moves. */
final class Lookup {
    private Lookup() {}

    /** The address, looked up where it is a name; unresolved where nothing has that name. */
    static InetSocketAddress of(InetSocketAddress address) {
        return address.isUnresolved()
                ? new InetSocketAddress(address.getHostString(), address.getPort())
                : address;
    }
}
