package io.lastmile.process.foreign;

import com.hivemq.client.mqtt.MqttGlobalPublishFilter;
import com.hivemq.client.mqtt.mqtt3.Mqtt3BlockingClient;
import com.hivemq.client.mqtt.mqtt3.Mqtt3BlockingClient.Mqtt3Publishes;
import com.hivemq.client.mqtt.mqtt3.message.publish.Mqtt3Publish;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/** A device that runs HiveMQ's client for MQTT 3.1.1. */
final class HiveMqV3Device implements ForeignDevice {
    private final Mqtt3BlockingClient client;
    private final Mqtt3Publishes publishes;

    private HiveMqV3Device(Mqtt3BlockingClient client) {
        this.client = client;
        publishes = client.publishes(MqttGlobalPublishFilter.ALL);
    }

    static ForeignDevice connect(EdgeUrl edge, Inbox inbox) {
        Mqtt3BlockingClient client =
                HiveMqV5Device.builder(edge, inbox).useMqttVersion3().buildBlocking();
        var _ = client.connect();
        HiveMqV3Device device = new HiveMqV3Device(client);
        var granted =
                client.subscribeWith()
                        .topicFilter(inbox.filter())
                        .qos(HiveMqV5Device.qos(inbox.qos()))
                        .send();
        if (granted.getReturnCodes().getFirst().isError()) {
            throw new AssertionError("SUBACK " + granted);
        }
        return device;
    }

    @Override
    public Arrival next() throws InterruptedException {
        Mqtt3Publish publish =
                ForeignDevice.within(
                        publishes.receive(WAIT_SECONDS, TimeUnit.SECONDS).orElse(null));
        return new Arrival(
                publish.getTopic().toString(),
                new String(publish.getPayloadAsBytes(), StandardCharsets.UTF_8),
                null,
                null);
    }

    @Override
    public void close() {
        publishes.close();
        client.disconnect();
    }
}
