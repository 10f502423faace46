package io.lastmile.wire;

import org.jspecify.annotations.Nullable;

/**
 * Where somebody listens for connections, as it stands in nodes and in settings: {@code host:port}.
 *
 * @param host a name or an address; of IPv6 with or without brackets
 * @param port 1 to 65,535
 */
public record HostPort(String host, int port) {
    /** What is allowed, in words. */
    public static final String RULE = "host:port, the port 1 to 65535, such as edge-1.example:7400";

    private static final int HOST_LENGTH_MAX = 255;
    private static final int PORT_LENGTH_MAX = 5;
    private static final int PORT_MAX = 65_535;

    /** The place that a text says; null where it says none. */
    public static @Nullable HostPort parse(String text) {
        int colon = text.lastIndexOf(':');
        int portLength = text.length() - colon - 1;
        if (colon < 1
                || colon > HOST_LENGTH_MAX
                || portLength < 1
                || portLength > PORT_LENGTH_MAX) {
            return null;
        }
        for (int i = 0; i < colon; i++) {
            if (!isOfHost(text.charAt(i))) {
                return null;
            }
        }
        int port = 0;
        for (int i = colon + 1; i < text.length(); i++) {
            char digit = text.charAt(i);
            if (digit < '0' || digit > '9') {
                return null;
            }
            port = port * 10 + (digit - '0');
        }
        return port < 1 || port > PORT_MAX ? null : new HostPort(text.substring(0, colon), port);
    }

    /** What names and addresses are made of, a zone of IPv6 too. */
    private static boolean isOfHost(char c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || ".-_:[]%".indexOf(c) >= 0;
    }

    /** As it is parsed. */
    @Override
    public String toString() {
        return host + ":" + port;
    }
}
