package io.lastmile.bench.micro;

import io.lastmile.bench.load.BareMqtt;
import io.lastmile.edge.auth.Authentication;
import io.lastmile.edge.mqtt.Devices;
import io.lastmile.edge.mqtt.HoldSettings;
import io.lastmile.edge.mqtt.Life;
import io.lastmile.edge.mqtt.MqttConnection;
import io.lastmile.edge.mqtt.MqttSession;
import io.lastmile.edge.mqtt.MqttSettings;
import io.lastmile.edge.session.Delivery;
import io.lastmile.edge.session.EventSink;
import io.lastmile.node.Clock;
import io.lastmile.node.Metrics;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.Message;
import io.lastmile.wire.MessageId;
import io.lastmile.wire.Partitions;
import io.lastmile.wire.hop.HopFrame.Deliver;
import io.lastmile.wire.record.EventRecord;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * MQTT connections of the edge from the bytes that come to the bytes that go, without sockets:
 * packets decoded and encoded, window, session, events. Kafka confirms an event at once.
 */
@State(Scope.Thread)
public class Connections {
    private static final int PARTITIONS = 16;
    private static final int MANY = 1_000_000_000;
    private static final MqttSettings SETTINGS =
            new MqttSettings(
                    PARTITIONS,
                    Typical.WINDOW_MESSAGES,
                    Duration.ofMinutes(1),
                    4_096,
                    Duration.ofSeconds(10),
                    Duration.ofMinutes(20),
                    MANY,
                    1_024,
                    MANY,
                    5,
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

    /** Of MQTT: 4 is 3.1.1, 5 is 5. */
    @Param({"5", "4"})
    private int level;

    private final DeviceId device = Typical.device(123_456);
    private final int partition = Partitions.of(device, PARTITIONS);
    private final Message message = Typical.message(device);
    private final Life life = Life.begin(Typical.EDGE, PARTITIONS);
    private final QueuedConnection connection = new QueuedConnection();
    private final ByteBuf puback = Unpooled.copiedBuffer(new byte[] {0x40, 2, 0, 0});
    private final ByteBuf pingreq = Unpooled.copiedBuffer(new byte[] {(byte) 0xC0, 0});
    private Devices devices;
    private ByteBuf othersArrival;
    private MqttConnection peer;
    private MqttSession session;
    private long offset;
    private @Nullable EventRecord lastEvent;

    /** The device is connected and subscribed. */
    @Setup
    public void subscribe() {
        devices =
                new Devices(
                        SETTINGS,
                        life,
                        CLOCK,
                        this::write,
                        () -> true,
                        _ -> false,
                        Authentication.NONE,
                        new Metrics());
        othersArrival = arrivalOf(Typical.device(654_321));
        peer = devices.opened(connection);
        devices.received(peer, connection, arrivalOf(device));
        connection.runLoop();
        session = life.sessions().inPartition(partition).getFirst();
    }

    private ByteBuf arrivalOf(DeviceId id) {
        return Unpooled.wrappedBuffer(
                level == 5
                        ? BareMqtt.connectAndSubscribe(id.value())
                        : BareMqtt.connectAndSubscribe311(id.value(), "inbox/+"));
    }

    private void write(
            DeviceId of, int inPartition, EventRecord event, EventSink.Confirmation confirmation) {
        lastEvent = event;
        confirmation.confirmed(1);
    }

    /** A message from the router becomes a PUBLISH, and its PUBACK an event. */
    @Benchmark
    public @Nullable EventRecord publishAndPuback() {
        long number = offset++;
        MessageId id = new MessageId(partition, number);
        Deliver deliver = new Deliver(partition, 1, session.number(), number, id, 60_000, message);
        if (session.give(deliver) != Delivery.SEND) {
            throw new IllegalStateException("the window is empty");
        }
        session.finishGiving();
        puback.setIndex(0, 4).setShort(2, connection.lastPacketId());
        devices.received(peer, connection, puback);
        connection.runLoop();
        return lastEvent;
    }

    /** A PUBACK that acknowledges nothing: decoded and looked for. */
    @Benchmark
    public ByteBuf strayPuback() {
        devices.received(peer, connection, puback.setIndex(0, 4).setShort(2, 65_535));
        return puback;
    }

    /** The shortest packets of all, a PINGREQ and its answer. */
    @Benchmark
    public int ping() {
        devices.received(peer, connection, pingreq.setIndex(0, 2));
        return connection.bytesWritten();
    }

    /** Another device connects, subscribes and goes. */
    @Benchmark
    public @Nullable EventRecord connectSubscribeAndClose() {
        QueuedConnection another = new QueuedConnection();
        MqttConnection its = devices.opened(another);
        devices.received(its, another, othersArrival.readerIndex(0));
        another.runLoop();
        devices.closed(its, false);
        another.runLoop();
        return lastEvent;
    }
}
