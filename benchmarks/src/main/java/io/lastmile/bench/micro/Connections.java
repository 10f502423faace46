package io.lastmile.bench.micro;

import io.lastmile.bench.load.BareMqtt;
import io.lastmile.edge.mqtt.Devices;
import io.lastmile.edge.session.DeviceHeart;
import io.lastmile.edge.session.Session;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.Message;
import io.lastmile.wire.MessageId;
import io.lastmile.wire.Partitions;
import io.lastmile.wire.hop.HopFrame.Deliver;
import io.lastmile.wire.record.EventRecord;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
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
    /** Of MQTT: 4 is 3.1.1, 5 is 5. */
    @Param({"5", "4"})
    private int level;

    private final DeviceId device = Typical.device(123_456);
    private final int partition = Partitions.of(device, EdgeInMemory.PARTITIONS);
    private final Message message = Typical.message(device);
    private final EdgeInMemory edge = new EdgeInMemory();
    private final QueuedConnection connection = new QueuedConnection();
    private final ByteBuf puback = Unpooled.copiedBuffer(new byte[] {0x40, 2, 0, 0});
    private final ByteBuf pingreq = Unpooled.copiedBuffer(new byte[] {(byte) 0xC0, 0});
    private final Devices devices = edge.devices;
    private ByteBuf othersArrival;
    private DeviceHeart heart;
    private Session session;
    private long offset;

    /** The device is connected and subscribed. */
    @Setup
    public void subscribe() {
        othersArrival = arrivalOf(Typical.device(654_321));
        heart = devices.opened(connection);
        devices.received(heart, connection, arrivalOf(device));
        connection.runLoop();
        session = edge.life.sessions().inPartition(partition).getFirst();
    }

    private ByteBuf arrivalOf(DeviceId id) {
        return Unpooled.wrappedBuffer(
                level == 5
                        ? BareMqtt.connectAndSubscribe(id.value())
                        : BareMqtt.connectAndSubscribe311(id.value(), "inbox/+"));
    }

    /** A message from the router becomes a PUBLISH, and its PUBACK an event. */
    @Benchmark
    public @Nullable EventRecord publishAndPuback() {
        long number = offset++;
        MessageId id = new MessageId(partition, number);
        Deliver deliver = new Deliver(partition, 1, session.number(), number, id, 60_000, message);
        if (session.heart().take(session, deliver, Typical.NOW_MS) != null) {
            throw new IllegalStateException("the window is empty");
        }
        session.heart().flush(Typical.NOW_MS);
        puback.setIndex(0, 4).setShort(2, connection.lastPacketId());
        devices.received(heart, connection, puback);
        connection.runLoop();
        return edge.lastEvent;
    }

    /** A PUBACK that acknowledges nothing: decoded and looked for. */
    @Benchmark
    public ByteBuf strayPuback() {
        devices.received(heart, connection, puback.setIndex(0, 4).setShort(2, 65_535));
        return puback;
    }

    /** The shortest packets of all, a PINGREQ and its answer. */
    @Benchmark
    public int ping() {
        devices.received(heart, connection, pingreq.setIndex(0, 2));
        return connection.bytesWritten();
    }

    /** Another device connects, subscribes and goes. */
    @Benchmark
    public @Nullable EventRecord connectSubscribeAndClose() {
        QueuedConnection another = new QueuedConnection();
        DeviceHeart its = devices.opened(another);
        devices.received(its, another, othersArrival.readerIndex(0));
        another.runLoop();
        devices.closed(its, false);
        another.runLoop();
        return edge.lastEvent;
    }
}
