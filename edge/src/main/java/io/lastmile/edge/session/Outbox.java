package io.lastmile.edge.session;

/** What a connection has yet to hand on; it exists only while there is something. One thread. */
final class Outbox {
    final Acks acks = new Acks();
    final Qos0Proof qos0 = new Qos0Proof();
    final Held held = new Held();
    final Line line = new Line();

    boolean isNothing() {
        return acks.isEmpty()
                && qos0.isEmpty()
                && held.isEmpty()
                && line.isEmpty()
                && !line.isFull();
    }
}
