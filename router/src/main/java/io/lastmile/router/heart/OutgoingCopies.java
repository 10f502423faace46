package io.lastmile.router.heart;

import io.lastmile.wire.Message;
import io.lastmile.wire.hop.HopFrame.Copies;
import io.lastmile.wire.hop.HopFrame.Recipient;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Copies that were sent in one event, gathered by broadcast and edge. They go out in the order of
 * the broadcasts, and before anything else that is sent: in a session offsets rise.
 */
final class OutgoingCopies {
    private final Now now;
    private final Consumer<Command> commands;
    private final TreeMap<Long, OfBroadcast> byOffset = new TreeMap<>();

    private record OfBroadcast(
            Broadcast broadcast, Message body, Map<Edge, List<Recipient>> byEdge) {}

    OutgoingCopies(Now now, Consumer<Command> commands) {
        this.now = now;
        this.commands = commands;
    }

    void add(Broadcast broadcast, Message body, OpenSession session, int member) {
        byOffset.computeIfAbsent(
                        broadcast.offset,
                        _ -> new OfBroadcast(broadcast, body, new LinkedHashMap<>()))
                .byEdge
                .computeIfAbsent(session.edge, _ -> new ArrayList<>())
                .add(new Recipient(session.id.number(), member));
    }

    void flush() {
        if (byOffset.isEmpty()) {
            return;
        }
        for (OfBroadcast one : byOffset.values()) {
            one.byEdge.forEach((edge, recipients) -> send(one, edge, recipients));
        }
        byOffset.clear();
    }

    private void send(OfBroadcast one, Edge edge, List<Recipient> recipients) {
        Broadcast broadcast = one.broadcast;
        long expiresInMs = Math.max(0, broadcast.facts.expiresAtMs() - now.ms());
        for (int from = 0; from < recipients.size(); from += Copies.RECIPIENTS_MAX) {
            int to = Math.min(recipients.size(), from + Copies.RECIPIENTS_MAX);
            commands.accept(
                    new Command.SendCopies(
                            edge.id,
                            broadcast.offset,
                            broadcast.facts.id(),
                            expiresInMs,
                            broadcast.mark.facts().audience(),
                            one.body,
                            recipients.subList(from, to)));
        }
    }
}
