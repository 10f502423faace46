package io.lastmile.process.foreign;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.eclipse.paho.client.mqttv3.IMqttDeliveryToken;
import org.eclipse.paho.client.mqttv3.MqttCallback;
import org.eclipse.paho.client.mqttv3.MqttClient;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.MqttException;
import org.eclipse.paho.client.mqttv3.MqttMessage;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;

/** A device that runs Eclipse Paho's client for MQTT 3.1.1. */
final class PahoV3Device implements ForeignDevice, MqttCallback {
    private final BlockingQueue<Arrival> arrivals = new LinkedBlockingQueue<>();
    private final MqttClient client;

    private PahoV3Device(MqttClient client) {
        this.client = client;
    }

    static ForeignDevice connect(EdgeUrl edge, Inbox inbox) throws MqttException {
        var client =
                new MqttClient(edge.text("tcp", "ssl"), inbox.device(), new MemoryPersistence());
        var device = new PahoV3Device(client);
        client.setCallback(device);
        var options = new MqttConnectOptions();
        options.setMqttVersion(MqttConnectOptions.MQTT_VERSION_3_1_1);
        if (edge.isSecure()) {
            options.setSocketFactory(edge.believed().trusting("TLS").getSocketFactory());
        }
        client.connect(options);
        client.subscribe(inbox.filter(), inbox.qos());
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
        String payload = new String(message.getPayload(), StandardCharsets.UTF_8);
        arrivals.add(new Arrival(topic, payload, null, null));
    }

    @Override
    public void connectionLost(Throwable cause) {}

    @Override
    public void deliveryComplete(IMqttDeliveryToken token) {}
}
