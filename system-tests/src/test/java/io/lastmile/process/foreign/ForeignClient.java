package io.lastmile.process.foreign;

import io.lastmile.wire.Transport;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The MQTT clients of others that devices may run, each with the version of MQTT it speaks. */
public enum ForeignClient {
    HIVEMQ_5,
    HIVEMQ_311,
    PAHO_5,
    PAHO_311,
    MOSQUITTO_5,
    MOSQUITTO_311,
    MQTT_JS_5,
    MQTT_JS_311,
    BROWSER_5,
    BROWSER_311;

    /** A device of that id, connecting and subscribing. */
    public ForeignDevice connect(EdgeUrl edge, Inbox inbox) throws Exception {
        return switch (this) {
            case HIVEMQ_5 -> HiveMqV5Device.connect(edge, inbox);
            case HIVEMQ_311 -> HiveMqV3Device.connect(edge, inbox);
            case PAHO_5 -> PahoV5Device.connect(edge, inbox);
            case PAHO_311 -> PahoV3Device.connect(edge, inbox);
            case MOSQUITTO_5 -> MosquittoDevice.connect("mqttv5", edge, inbox);
            case MOSQUITTO_311 -> MosquittoDevice.connect("mqttv311", edge, inbox);
            case MQTT_JS_5 -> NodeDevice.connect(5, edge, inbox);
            case MQTT_JS_311 -> NodeDevice.connect(4, edge, inbox);
            case BROWSER_5 -> BrowserDevice.connect(5, edge, inbox);
            case BROWSER_311 -> BrowserDevice.connect(4, edge, inbox);
        };
    }

    /** Why it cannot be used there, or null where it can. */
    public @Nullable String missing(EdgeUrl edge) {
        return switch (this) {
            case HIVEMQ_5, HIVEMQ_311, PAHO_5, PAHO_311 -> null;
            case MOSQUITTO_5, MOSQUITTO_311 -> MosquittoDevice.missing(edge);
            case MQTT_JS_5, MQTT_JS_311 -> MqttJs.missing();
            case BROWSER_5, BROWSER_311 -> BrowserDevice.missing();
        };
    }

    /** How it can connect. */
    public List<Transport> transports() {
        boolean page = this == BROWSER_5 || this == BROWSER_311;
        return page ? List.of(Transport.WEBSOCKET) : List.of(Transport.values());
    }

    /** Whether it shows what MQTT 5 has besides the payload. */
    public boolean showsProperties() {
        return switch (this) {
            case HIVEMQ_5, PAHO_5, MQTT_JS_5, BROWSER_5 -> true;
            default -> false;
        };
    }
}
