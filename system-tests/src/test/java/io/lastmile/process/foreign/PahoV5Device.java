package io.lastmile.process.foreign;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttCallback;
import org.eclipse.paho.mqttv5.client.MqttClient;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.MqttDisconnectResponse;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;

/** A device that runs Eclipse Paho's client for MQTT 5. */
final class PahoV5Device implements ForeignDevice, MqttCallback {
    private final BlockingQueue<Arrival> arrivals = new LinkedBlockingQueue<>();
    private final MqttClient client;

    private PahoV5Device(MqttClient client) {
        this.client = client;
    }

    static ForeignDevice connect(EdgeUrl edge, Inbox inbox) throws MqttException {
        var client =
                new MqttClient(edge.text("tcp", "ssl"), inbox.device(), new MemoryPersistence());
        var device = new PahoV5Device(client);
        client.setCallback(device);
        var options = new MqttConnectionOptions();
        if (edge.isSecure()) {
            options.setSocketFactory(edge.believed().trusting("TLS").getSocketFactory());
        }
        client.connect(options);
        var _ = client.subscribe(inbox.filter(), inbox.qos());
        return device;
    }

    @Override
    public Arrival next() throws InterruptedException {
        return ForeignDevice.within(arrivals.poll(WAIT_SECONDS, TimeUnit.SECONDS));
    }

    @Override
    public void close() {
        try {
            client.disconnect();
            client.close();
        } catch (MqttException e) {
            throw new AssertionError("does not close", e);
        }
    }

    @Override
    public void messageArrived(String topic, MqttMessage message) {
        MqttProperties properties = message.getProperties();
        arrivals.add(
                new Arrival(
                        topic,
                        new String(message.getPayload(), StandardCharsets.UTF_8),
                        properties.getContentType(),
                        properties.getUserProperties().stream()
                                .filter(property -> property.getKey().equals("message-id"))
                                .map(property -> property.getValue())
                                .findFirst()
                                .orElse(null)));
    }

    @Override
    public void disconnected(MqttDisconnectResponse response) {}

    @Override
    public void mqttErrorOccurred(MqttException exception) {}

    @Override
    public void deliveryComplete(IMqttToken token) {}

    @Override
    public void connectComplete(boolean reconnect, String serverUri) {}

    @Override
    public void authPacketArrived(int reasonCode, MqttProperties properties) {}
}
