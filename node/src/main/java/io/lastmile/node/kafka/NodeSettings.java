package io.lastmile.node.kafka;

import io.lastmile.node.Settings;
import io.lastmile.node.SettingsException;
import io.lastmile.wire.Incarnation;
import io.lastmile.wire.NodeRole;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;

/**
 * Who a node is and how it shows that it lives.
 *
 * @param name 1 to 64 characters; several nodes of a role on one machine should be told apart by it
 * @param heartbeat from one sign of life to the next
 * @param goneAfter an edge is gone after so many heartbeats of a router with none of its own
 * @param clearAfter what nodes says of an incarnation that is over is deleted after this time
 */
public record NodeSettings(String name, Duration heartbeat, int goneAfter, Duration clearAfter) {
    /** The settings that begin with {@code node.}, for a node of this role. */
    public static NodeSettings from(Settings settings, NodeRole role) {
        String given =
                settings.optionalText(
                        "node.name", "the node's name; by default the host's name and the role");
        if (given != null && !Incarnation.isValidNode(given)) {
            throw new SettingsException("node.name", Incarnation.RULE);
        }
        return new NodeSettings(
                given == null ? byDefault(role) : given,
                settings.duration(
                        "node.heartbeat",
                        Duration.ofSeconds(2),
                        Duration.ofMillis(100),
                        Duration.ofSeconds(30),
                        "from one heartbeat to the next"),
                settings.count(
                        "node.gone-after",
                        5,
                        2,
                        100,
                        "heartbeats of a router, with none of the edge's between, after which the edge"
                                + " is gone"),
                settings.duration(
                        "node.clear-after",
                        Duration.ofDays(7),
                        Duration.ofHours(1),
                        Duration.ofDays(365),
                        "how long the nodes topic keeps what it says of a node's earlier life"));
    }

    /** The same node under another name, as where one process plays several roles. */
    public NodeSettings named(String other) {
        return new NodeSettings(other, heartbeat, goneAfter, clearAfter);
    }

    private static String byDefault(NodeRole role) {
        String end = "-" + role.label();
        String host = hostName().replaceAll("[^A-Za-z0-9._-]", "-");
        int room = Incarnation.NODE_LENGTH_MAX - end.length();
        return (host.length() > room ? host.substring(0, room) : host) + end;
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "localhost"; // a machine that does not know its own name
        }
    }
}
