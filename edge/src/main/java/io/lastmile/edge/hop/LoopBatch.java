package io.lastmile.edge.hop;

import io.lastmile.edge.mqtt.Life;
import io.lastmile.edge.mqtt.MqttSession;
import io.lastmile.edge.session.Delivery;
import io.lastmile.wire.hop.HopFrame.Announce;
import io.lastmile.wire.hop.HopFrame.CloseSession;
import io.lastmile.wire.hop.HopFrame.Deliver;
import io.lastmile.wire.hop.HopFrame.FromRouter;
import io.lastmile.wire.hop.HopFrame.Hello;
import io.lastmile.wire.hop.HopFrame.NotHere;
import io.lastmile.wire.hop.HopFrame.Own;
import io.lastmile.wire.hop.HopFrame.Ping;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Frames of one read of a hop for sessions of one event loop, handled there in their order. Whether
 * their sender is the owner is decided there too: a loop that has answered a new owner takes
 * nothing more from the one before.
 */
final class LoopBatch implements Runnable {
    private final Life life;
    private final long connection;
    private final HopMetrics metrics;
    private final Consumer<NotHere> answer;
    private final List<FromRouter> frames = new ArrayList<>();
    private final List<MqttSession> sessions = new ArrayList<>();

    LoopBatch(Life life, long connection, HopMetrics metrics, Consumer<NotHere> answer) {
        this.life = life;
        this.connection = connection;
        this.metrics = metrics;
        this.answer = answer;
    }

    void add(FromRouter frame, MqttSession session) {
        frames.add(frame);
        sessions.add(session);
    }

    @Override
    public void run() {
        for (int i = 0; i < frames.size(); i++) {
            handle(frames.get(i), sessions.get(i));
        }
        sessions.forEach(MqttSession::finishGiving); // does nothing for one that comes again
    }

    private void handle(FromRouter frame, MqttSession session) {
        switch (frame) {
            case Deliver deliver -> {
                if (isCurrent(deliver.partition(), deliver.epoch())) {
                    Delivery delivery = session.give(deliver);
                    if (delivery == Delivery.OVER || delivery == Delivery.NO_ROOM) {
                        answer.accept(
                                new NotHere(
                                        deliver.partition(),
                                        deliver.epoch(),
                                        deliver.session(),
                                        deliver.offset()));
                    }
                }
            }
            case CloseSession close -> {
                if (isCurrent(close.partition(), close.epoch())) {
                    session.close(close.reason());
                }
            }
            case Announce announce -> {
                if (isCurrent(announce.partition(), announce.epoch())) {
                    session.announceAgain();
                }
            }
            case Own own -> throw new IllegalStateException("not for a session: " + own);
            case Ping ping -> throw new IllegalStateException("not for a session: " + ping);
            case Hello hello -> throw new IllegalStateException("not for a session: " + hello);
        }
    }

    private boolean isCurrent(int partition, long epoch) {
        if (life.ownership().isCurrent(partition, epoch, connection)) {
            return true;
        }
        metrics.outdated();
        return false;
    }
}
