package io.lastmile.process;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttCallback;
import org.eclipse.paho.mqttv5.client.MqttClient;
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

    static ForeignDevice connect(int port, String id, String filter) throws MqttException {
        var client = new MqttClient("tcp://127.0.0.1:" + port, id, new MemoryPersistence());
        PahoV5Device device = new PahoV5Device(client);
        client.setCallback(device);
        client.connect();
        var _ = client.subscribe(filter, 1);
        return device;
    }

    @Override
    public Arrival next() throws InterruptedException {
        return Client.within(arrivals.poll(Client.WAIT_SECONDS, TimeUnit.SECONDS));
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
