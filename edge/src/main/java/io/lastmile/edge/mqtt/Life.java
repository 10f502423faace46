package io.lastmile.edge.mqtt;

import io.lastmile.edge.session.Ownership;
import io.lastmile.edge.session.Sessions;
import io.lastmile.wire.Incarnation;

/** What one incarnation of an edge holds; the next one starts with nothing of it. */
public record Life(Incarnation incarnation, Sessions<MqttSession> sessions, Ownership ownership) {
    /** An incarnation that has no sessions and knows no owners yet. */
    public static Life begin(Incarnation incarnation, int partitions) {
        return new Life(incarnation, new Sessions<>(partitions), new Ownership(partitions));
    }
}
