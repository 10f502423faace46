package io.lastmile.cli.demo;

import java.net.InetSocketAddress;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads {@code host:port}. The name is looked up at each connection, not now. */
final class HostPort implements ITypeConverter<InetSocketAddress> {
    private static final int PORT_MAX = 65_535;

    @Override
    public InetSocketAddress convert(String text) {
        int colon = text.lastIndexOf(':');
        if (colon > 0 && text.substring(colon + 1).matches("[0-9]{1,5}")) {
            int port = Integer.parseInt(text.substring(colon + 1));
            if (port > 0 && port <= PORT_MAX) {
                return InetSocketAddress.createUnresolved(text.substring(0, colon), port);
            }
        }
        throw new TypeConversionException("'" + text + "' is not host:port");
    }
}
