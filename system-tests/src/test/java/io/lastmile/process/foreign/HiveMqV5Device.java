package io.lastmile.process.foreign;

import com.hivemq.client.mqtt.MqttClient;
import com.hivemq.client.mqtt.MqttClientBuilder;
import com.hivemq.client.mqtt.MqttClientSslConfig;
import com.hivemq.client.mqtt.MqttGlobalPublishFilter;
import com.hivemq.client.mqtt.MqttWebSocketConfig;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient;
import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient.Mqtt5Publishes;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5Publish;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/** A device that runs HiveMQ's client for MQTT 5. */
final class HiveMqV5Device implements ForeignDevice {
    private final Mqtt5BlockingClient client;
    private final Mqtt5Publishes publishes;

    private HiveMqV5Device(Mqtt5BlockingClient client) {
        this.client = client;
        publishes = client.publishes(MqttGlobalPublishFilter.ALL);
    }

    static ForeignDevice connect(EdgeUrl edge, Inbox inbox) {
        Mqtt5BlockingClient client = builder(edge, inbox).useMqttVersion5().buildBlocking();
        var _ = client.connect();
        HiveMqV5Device device = new HiveMqV5Device(client);
        var granted =
                client.subscribeWith().topicFilter(inbox.filter()).qos(qos(inbox.qos())).send();
        if (granted.getReasonCodes().getFirst().isError()) {
            throw new AssertionError("SUBACK " + granted);
        }
        return device;
    }

    /** What is the same for both versions. */
    static MqttClientBuilder builder(EdgeUrl edge, Inbox inbox) {
        MqttClientBuilder builder =
                MqttClient.builder()
                        .identifier(inbox.device())
                        .serverHost(EdgeUrl.HOST)
                        .serverPort(edge.port());
        if (edge.isSecure()) {
            builder =
                    builder.sslConfig(
                            MqttClientSslConfig.builder()
                                    .trustManagerFactory(edge.believed().trust())
                                    .build());
        }
        if (edge.isWebSocket()) {
            builder =
                    builder.webSocketConfig(
                            MqttWebSocketConfig.builder().serverPath("mqtt").build());
        }
        return builder;
    }

    static MqttQos qos(int qos) {
        return Objects.requireNonNull(MqttQos.fromCode(qos));
    }

    @Override
    public Arrival next() throws InterruptedException {
        Mqtt5Publish publish =
                ForeignDevice.within(
                        publishes.receive(WAIT_SECONDS, TimeUnit.SECONDS).orElse(null));
        return new Arrival(
                publish.getTopic().toString(),
                new String(publish.getPayloadAsBytes(), StandardCharsets.UTF_8),
                publish.getContentType().map(Object::toString).orElse(null),
                publish.getUserProperties().asList().stream()
                        .filter(property -> property.getName().toString().equals("message-id"))
                        .map(property -> property.getValue().toString())
                        .findFirst()
                        .orElse(null));
    }

    @Override
    public void close() {
        publishes.close();
        client.disconnect();
    }
}
