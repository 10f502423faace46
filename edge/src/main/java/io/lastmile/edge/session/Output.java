package io.lastmile.edge.session;

import io.lastmile.edge.session.ClientPacket.Connect;
import io.lastmile.edge.session.ClientPacket.Publish;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.EndReason;
import io.lastmile.wire.record.CopiesAckedRecord;
import io.lastmile.wire.record.EventRecord;

/**
 * What a device's heart has done: packets, events, questions, and what is to be counted or logged.
 * One object does it for all hearts, each on the loop of its connection; nothing waits in it.
 */
public interface Output {
    /** What {@link #publish} says of a message that is too long for the device. */
    int TOO_LONG = -1;

    /**
     * CONNACK: the device is connected.
     *
     * @param serverKeepAliveSeconds that counts instead of the client's; -1 where the client's does
     */
    void connected(DeviceHeart heart, int serverKeepAliveSeconds);

    /** CONNACK that says no. */
    void refused(DeviceHeart heart, ReasonCode reason, String clientId);

    /** SUBACK with a code for each topic filter. */
    void suback(DeviceHeart heart, int packetId, int[] codes);

    /** UNSUBACK with a code for each topic filter. */
    void unsuback(DeviceHeart heart, int packetId, int[] codes);

    /** PINGRESP. */
    void pingresp(DeviceHeart heart);

    /**
     * The answer to a PUBLISH, which nobody gets.
     *
     * @param first whether it is the connection's first
     */
    void dropped(DeviceHeart heart, Publish publish, boolean first);

    /** PUBCOMP. */
    void pubcomp(DeviceHeart heart, int packetId);

    /**
     * PUBLISH of a message, or of a copy of a broadcast.
     *
     * @param packetId 0 for QoS 0
     * @param topic to which; see {@link Given#topicName}
     * @return how many bytes that were, or {@link #TOO_LONG}
     */
    int publish(DeviceHeart heart, Given given, int packetId, int topic);

    /** DISCONNECT, of MQTT 5 only. */
    void disconnect(DeviceHeart heart, ReasonCode reason, String text);

    /** An event to be kept until Kafka has it; {@link DeviceHeart#confirmed} follows. */
    void write(Session session, EventRecord event);

    /**
     * An acknowledgement of a copy, to be kept until Kafka has it; {@link
     * DeviceHeart#copyConfirmed} follows.
     *
     * @param offset of the broadcast's mark
     */
    void acknowledge(Session session, long offset, CopiesAckedRecord.Ack ack);

    /** Says that what was written is wanted in Kafka soon. */
    void hasten();

    /**
     * Asks whether a device is who it says.
     *
     * @return the verdict, or a {@link Verdict.Later}: then {@link DeviceHeart#decided} follows
     */
    Verdict authenticate(DeviceHeart heart, Connect connect, DeviceId device);

    /** Has the older connection of a device ended, on its loop. */
    void takeOver(DeviceHeart older);

    /** The device is not who it says. */
    void unproven(DeviceHeart heart, DeviceId device, String reason);

    /** The device broke the protocol. */
    void broke(DeviceHeart heart, ReasonCode reason, String text);

    /** A connection ends without a CONNECT that could be answered. */
    void noConnect(DeviceHeart heart, NoConnect why);

    /** A device acknowledged what its session does not have open. */
    void strayPuback(DeviceHeart heart);

    /** A session ends; its {@code ended} may follow later. */
    void ended(Session session, EndReason reason);
}
