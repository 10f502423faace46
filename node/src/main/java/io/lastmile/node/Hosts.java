package io.lastmile.node;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** What the name of a host means for those who listen there and those who are to come. */
public final class Hosts {
    private Hosts() {}

    /**
     * Whether only this machine reaches a listener there.
     *
     * @param key the setting to name where there is no such host
     */
    public static boolean isLoopback(String key, String host) {
        try {
            for (InetAddress address : InetAddress.getAllByName(host)) {
                if (!address.isLoopbackAddress()) {
                    return false;
                }
            }
            return true;
        } catch (UnknownHostException e) {
            throw new SettingsException(key, "no such host: " + host);
        }
    }

    /**
     * Whom an address counts as where callers share something: an address of IPv4 as itself, one of
     * IPv6 as its network of 64 bits, since whoever has one of those has all of them.
     */
    public static String network(@Nullable InetAddress address) {
        if (!(address instanceof Inet6Address)) {
            return address == null ? "" : address.getHostAddress();
        }
        byte[] bytes = address.getAddress();
        return HexFormat.ofDelimiter(":").formatHex(bytes, 0, bytes.length / 2) + "::/64";
    }

    /** The host to tell others: this machine's name where the listener is on a wildcard. */
    public static String advertised(String host) {
        try {
            return InetAddress.getByName(host).isAnyLocalAddress()
                    ? InetAddress.getLocalHost().getHostName()
                    : host;
        } catch (UnknownHostException e) {
            return host; // who listens there will be told that it is none
        }
    }
}
