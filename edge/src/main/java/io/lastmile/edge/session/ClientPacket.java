package io.lastmile.edge.session;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A packet that a device sent, of MQTT 3.1.1 (level 4) or 5 (level 5). */
public sealed interface ClientPacket {
    /** The only one there is: it has no fields. */
    PingRequest PING_REQUEST = new PingRequest();

    /**
     * CONNECT.
     *
     * <p>Wide because it names the fields of the packet one by one.
     *
     * @param level 4 or 5
     * @param keepAliveSeconds 0 for none
     * @param authenticates whether it names an authentication method
     * @param will what it would have published for it; null for nothing
     */
    record Connect(
            int level,
            String clientId,
            int keepAliveSeconds,
            Limits limits,
            boolean authenticates,
            @Nullable Will will,
            Login login)
            implements ClientPacket {}

    /**
     * What the device takes.
     *
     * @param receiveMaximum the most QoS 1 messages unacknowledged, 65,535 where none is given
     * @param packetBytesMax the longest packet; 0 for any
     */
    record Limits(int receiveMaximum, long packetBytesMax) {}

    /** User name and password, which are not the heart's to look at. */
    interface Login {}

    /** What a device asks to be published when it vanishes. */
    record Will(int qos, boolean retain) {}

    /** CONNECT of a protocol or level that is not spoken here. */
    record ConnectOfOtherVersion(String protocol, int level) implements ClientPacket {}

    /**
     * PUBLISH; nothing of it is kept but what its answer needs.
     *
     * @param packetId 0 at QoS 0
     */
    record Publish(int qos, int packetId) implements ClientPacket {}

    /** PUBREL. */
    record Pubrel(int packetId, int reasonCode) implements ClientPacket {}

    /** PUBACK. */
    record Puback(int packetId, int reasonCode) implements ClientPacket {}

    /**
     * SUBSCRIBE.
     *
     * @param identified whether it carries a subscription identifier
     * @param lasts whether memberships of channels are to outlive their session; null where it does
     *     not say
     */
    record Subscribe(
            int packetId, boolean identified, @Nullable Boolean lasts, List<Filter> filters)
            implements ClientPacket {
        /** One that says nothing of how long memberships last. */
        public Subscribe(int packetId, boolean identified, List<Filter> filters) {
            this(packetId, identified, null, filters);
        }
    }

    /** One topic filter of a SUBSCRIBE and the most QoS it wants. */
    record Filter(String topicFilter, int qos) {}

    /**
     * UNSUBSCRIBE.
     *
     * @param lasts whether memberships that outlive their session are meant too; null where it does
     *     not say
     */
    record Unsubscribe(int packetId, @Nullable Boolean lasts, List<String> topicFilters)
            implements ClientPacket {
        /** One that says nothing of how long memberships last. */
        public Unsubscribe(int packetId, List<String> topicFilters) {
            this(packetId, null, topicFilters);
        }
    }

    /** PINGREQ. */
    record PingRequest() implements ClientPacket {}

    /** DISCONNECT. */
    record Disconnect(int reasonCode) implements ClientPacket {}

    /** AUTH. */
    record Auth(int reasonCode) implements ClientPacket {}
}
