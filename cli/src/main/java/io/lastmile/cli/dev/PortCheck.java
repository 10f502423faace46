package io.lastmile.cli.dev;

import io.lastmile.cli.CommandException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Looks, before anything starts, whether every port can be had. */
final class PortCheck {
    private PortCheck() {}

    /**
     * A port that somebody wants.
     *
     * @param flag that would change it, such as {@code --api.port}
     */
    record Wanted(String flag, String host, int port) {}

    /**
     * Ends with the first port that is not free.
     *
     * @param orAll how all can be moved at once, for the advice; empty where that cannot be
     * @throws CommandException naming the port and the flag that changes it
     */
    static void allFree(List<Wanted> ports, String orAll) {
        Map<Integer, String> taken = new HashMap<>();
        for (Wanted wanted : ports) {
            if (wanted.port == 0) {
                continue; // any free one
            }
            String other = taken.putIfAbsent(wanted.port, wanted.flag);
            if (other != null) {
                throw CommandException.usage(
                        "port %d is asked for twice: by %s and by %s"
                                .formatted(wanted.port, other, wanted.flag));
            }
            bindOnce(wanted, orAll);
        }
    }

    private static void bindOnce(Wanted wanted, String orAll) {
        InetAddress host;
        try {
            host = InetAddress.getByName(wanted.host);
        } catch (UnknownHostException e) {
            throw CommandException.usage("there is no host %s".formatted(wanted.host));
        }
        try (ServerSocket socket = new ServerSocket()) {
            // As the servers themselves do: connections of a past run in TIME_WAIT are no obstacle.
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(host, wanted.port));
        } catch (IOException e) {
            throw CommandException.usage(
                    "port %d of %s cannot be had (%s): choose another with %s=PORT%s"
                            .formatted(wanted.port, wanted.host, reason(e), wanted.flag, orAll));
        }
    }

    private static String reason(IOException e) {
        String message = String.valueOf(e.getMessage());
        return message.startsWith("Address already in use") ? "in use" : message;
    }
}
