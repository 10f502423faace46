package io.lastmile.bench.micro;

import io.lastmile.bench.load.BareMqtt;
import io.lastmile.edge.auth.Authentication;
import io.lastmile.edge.mqtt.Devices;
import io.lastmile.edge.session.DeviceHeart;
import io.lastmile.edge.session.DeviceSettings;
import io.lastmile.edge.session.EventSink;
import io.lastmile.edge.session.HoldSettings;
import io.lastmile.edge.session.Life;
import io.lastmile.edge.session.Session;
import io.lastmile.node.Clock;
import io.lastmile.node.Metrics;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.Incarnation;
import io.lastmile.wire.record.CopiesAckedRecord;
import io.lastmile.wire.record.EventRecord;
import io.netty.buffer.Unpooled;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** An edge's devices without sockets; Kafka confirms an event at once. */
final class EdgeInMemory {
    static final int PARTITIONS = 16;
    private static final int MANY = 1_000_000_000;
    private static final DeviceSettings SETTINGS =
            new DeviceSettings(
                    Typical.WINDOW_MESSAGES,
                    60_000,
                    4_096,
                    1_200,
                    new DeviceSettings.Connects(MANY, MANY, 5, 1_024, 10_000),
                    HoldSettings.NOTHING);

    /** Time stands still: reading the clock of the machine is not what is measured. */
    private static final Clock CLOCK =
            new Clock() {
                @Override
                public long nowMs() {
                    return Typical.NOW_MS;
                }

                @Override
                public long nanoTime() {
                    return 0;
                }
            };

    final Life life = Life.begin(Typical.EDGE, PARTITIONS);
    @Nullable EventRecord lastEvent;
    final Devices devices =
            new Devices(
                    SETTINGS,
                    life,
                    CLOCK,
                    new LastEvent(),
                    () -> true,
                    _ -> false,
                    Authentication.NONE,
                    new Metrics());

    /** A device connects and subscribes. */
    Session subscribed(DeviceId device) {
        QueuedConnection connection = new QueuedConnection();
        DeviceHeart heart = devices.opened(connection);
        devices.received(
                heart,
                connection,
                Unpooled.wrappedBuffer(BareMqtt.connectAndSubscribe(device.value())));
        connection.runLoop();
        return Objects.requireNonNull(heart.session());
    }

    /** A log that has everything at once. */
    private final class LastEvent implements EventSink {
        @Override
        public void write(
                DeviceId device, int partition, EventRecord event, Confirmation confirmation) {
            lastEvent = event;
            confirmation.confirmed(1);
        }

        @Override
        public void acknowledge(
                int partition,
                Incarnation edge,
                long offset,
                CopiesAckedRecord.Ack ack,
                Confirmation confirmation) {
            confirmation.confirmed(1);
        }
    }
}
