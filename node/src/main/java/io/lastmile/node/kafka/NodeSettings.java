package io.lastmile.node.kafka;

import io.lastmile.node.Settings;
import io.lastmile.node.SettingsException;
import io.lastmile.wire.Incarnation;
import io.lastmile.wire.NodeRole;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Who a node is and how it shows that it lives.
 *
 * @param name 1 to 64 characters; no two nodes that live have the same
 * @param heartbeat from one sign of life of an edge or API to the next
 * @param goneAfter an edge is gone after the time of so many heartbeats with none
 * @param clearAfter what nodes says of an incarnation that is over is deleted after this time
 */
public record NodeSettings(String name, Duration heartbeat, int goneAfter, Duration clearAfter) {
    /** For the names of nodes whose port is any free one: four characters. */
    private static final int RANDOM_NAMES = 36 * 36 * 36 * 36;

    /**
     * The settings that begin with {@code node.}, for a node of this role.
     *
     * @param adminPort of the process, or 0 for any free one: no other process of the machine has
     *     it, and it is the same after a restart
     */
    public static NodeSettings from(Settings settings, NodeRole role, int adminPort) {
        String given =
                settings.optionalText(
                        "node.name",
                        "the node's name, which no other node may have; by default the host's"
                                + " name, the role and admin.port");
        if (given != null && !Incarnation.isValidNode(given)) {
            throw new SettingsException("node.name", Incarnation.RULE);
        }
        return new NodeSettings(
                given == null ? byDefault(role, adminPort) : given,
                settings.duration(
                        "node.heartbeat",
                        Duration.ofSeconds(2),
                        Duration.ofMillis(100),
                        Duration.ofSeconds(30),
                        "from one heartbeat of an edge or API to the next"),
                settings.count(
                        "node.gone-after",
                        5,
                        2,
                        100,
                        "an edge is gone after the time of so many of its heartbeats with none"),
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

    /** The same node with another time between heartbeats. */
    public NodeSettings beating(Duration every) {
        return new NodeSettings(name, every, goneAfter, clearAfter);
    }

    /** How long an edge may be silent. */
    public Duration goneAfterTime() {
        return heartbeat.multipliedBy(goneAfter);
    }

    private static String byDefault(NodeRole role, int adminPort) {
        String which =
                adminPort == 0
                        ? Integer.toString(ThreadLocalRandom.current().nextInt(RANDOM_NAMES), 36)
                        : Integer.toString(adminPort);
        String end = "-" + role.label() + "-" + which;
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
