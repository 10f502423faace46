package io.lastmile.edge.mqtt;

import io.lastmile.edge.session.Delivery;
import io.lastmile.edge.session.EventSink;
import io.lastmile.edge.session.Session;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.EndReason;
import io.lastmile.wire.hop.HopFrame.Deliver;
import io.lastmile.wire.record.EventRecord;
import io.lastmile.wire.record.EventRecord.Ack;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A session on an MQTT connection: it writes its own events and hears of their confirmation. Used
 * only by the loop of its connection, except {@link #loop}.
 */
public final class MqttSession extends Session {
    private final MqttConnection connection;
    private final Life life;
    private @Nullable List<Runnable> onReachable;

    MqttSession(
            MqttConnection connection,
            Life life,
            DeviceId device,
            int partition,
            int windowMessages) {
        super(life.incarnation(), life.sessions().issue(), device, partition, windowMessages);
        this.connection = connection;
        this.life = life;
    }

    private Devices devices() {
        return connection.devices();
    }

    /** The one thread that may use this session. */
    public Executor loop() {
        return connection.loop();
    }

    /**
     * Takes a message from the owner for the device. {@link #finishGiving} is to follow, after this
     * or several of them.
     */
    public Delivery give(Deliver frame) {
        Delivery delivery = deliver(frame.offset(), devices().clock().nowMs());
        switch (delivery) {
            case SEND -> connection.publish(this, frame);
            case NO_ROOM -> connection.end(EndReason.SLOW);
            case ALREADY_SENT, OVER -> {}
        }
        return delivery;
    }

    /** Sends what was given. */
    public void finishGiving() {
        connection.flush();
    }

    /** Ends it, and closes its connection, for a reason of the owner's. */
    public void close(EndReason reason) {
        connection.endOf(this, reason);
    }

    /** Writes its {@code opened} again for an owner whose log lacks it. */
    public void announceAgain() {
        if (announce()) {
            writeOpened(openedOffset());
        }
    }

    /** Adds it to the sessions that are held, and writes its {@code opened}. */
    void open() {
        life.sessions().add(this);
        writeOpened(EventRecord.FIRST);
    }

    private void writeOpened(long first) {
        EventRecord opened =
                new EventRecord.Opened(
                        id(),
                        first,
                        connection.transport(),
                        connection.level(),
                        connection.qos(),
                        windowMessages(),
                        devices().clock().nowMs());
        write(
                opened,
                offset -> {
                    if (openedConfirmed(offset)) {
                        reachable();
                    }
                    writeEndedIfDue();
                });
    }

    /** Does this once the device can be reached: now, or when Kafka has {@code opened}. */
    void whenReachable(Runnable action) {
        if (openedOffset() >= 0) {
            action.run();
            return;
        }
        if (onReachable == null) {
            onReachable = new ArrayList<>(1);
        }
        onReachable.add(action);
    }

    private void reachable() {
        if (onReachable != null) {
            List<Runnable> actions = onReachable;
            onReachable = null;
            actions.forEach(Runnable::run);
        }
    }

    void writeAcks(List<Ack> acks) {
        int count = acks.size();
        write(
                new EventRecord.Acked(id(), acks),
                offset -> {
                    acksConfirmed(count);
                    writeEndedIfDue();
                });
        if (isShortOfRoom()) {
            devices().events().hasten();
        }
    }

    /** Ends it; its {@code ended} follows when everything else of it is in Kafka. */
    void endWith(EndReason reason) {
        if (end(reason)) {
            devices().metrics().ended(reason);
            if (isAwaitingKafka()) {
                devices().events().hasten(); // its end waits for them
            }
            writeEndedIfDue();
        }
    }

    private void writeEndedIfDue() {
        EndReason reason = takeEndedDue();
        if (reason != null) {
            long nowMs = devices().clock().nowMs();
            write(
                    new EventRecord.Ended(id(), reason, nowMs),
                    offset -> life.sessions().remove(this));
        }
    }

    private void write(EventRecord event, LongConsumer confirmed) {
        EventSink.Confirmation onLoop =
                offset -> {
                    try {
                        loop().execute(() -> confirmed.accept(offset));
                    } catch (RejectedExecutionException e) {
                        // The process has stopped its loops: nobody is left who would want to know.
                        return;
                    }
                };
        devices().events().write(device(), partition(), event, onLoop);
    }
}
