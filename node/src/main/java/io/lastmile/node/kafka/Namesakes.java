package io.lastmile.node.kafka;

import io.lastmile.wire.Incarnation;
import io.lastmile.wire.record.NodeRecord.Gone;
import io.lastmile.wire.record.NodeRecord.Heartbeat;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices nodes that live at the same time under one name, and says so once: each edge takes the
 * hop of the one for that of the other. Two lives one after the other are none. Fed by the thread
 * that reads nodes.
 */
public final class Namesakes implements NodesListener {
    private static final Logger LOG = LoggerFactory.getLogger(Namesakes.class);

    /** When an incarnation was heard of, counted in heartbeats: first and last. */
    private record Heard(long first, long last) {
        boolean with(Heard other) {
            return last > other.first && other.last > first;
        }
    }

    private final Consumer<String> found;
    private final Map<Incarnation, Heard> heard = new HashMap<>();
    private final Set<String> told = new HashSet<>();
    private long heartbeats;

    /** Writes a warning into the log. */
    public Namesakes() {
        this(node ->
                LOG.atWarn()
                        .addKeyValue("node", node)
                        .log(
                                "Several nodes that live have one name and cut each other's hops:"
                                        + " give each one of its own with node.name"));
    }

    /** Tells each name that several have, once. */
    Namesakes(Consumer<String> found) {
        this.found = found;
    }

    @Override
    public void heartbeat(Incarnation incarnation, Heartbeat heartbeat, long appendedAtMs) {
        if (heartbeat.draining()) {
            return; // its last word may come after its successor's first
        }
        Heard now = heard.get(incarnation);
        heartbeats++;
        Heard self = new Heard(now == null ? heartbeats : now.first, heartbeats);
        heard.put(incarnation, self);
        heard.forEach((other, its) -> {
            if (!other.equals(incarnation)
                    && other.node().equals(incarnation.node())
                    && self.with(its)
                    && told.add(other.node())) {
                found.accept(other.node());
            }
        });
    }

    @Override
    public void gone(Incarnation incarnation, Gone gone) {
        heard.remove(incarnation);
    }

    @Override
    public void forgotten(Incarnation incarnation) {
        heard.remove(incarnation);
    }
}
