package io.lastmile.process;

import com.hivemq.client.mqtt.MqttGlobalPublishFilter;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient;
import com.hivemq.client.mqtt.mqtt5.Mqtt5Client;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5Publish;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.eclipse.paho.client.mqttv3.IMqttDeliveryToken;
import org.eclipse.paho.client.mqttv3.MqttCallback;
import org.eclipse.paho.client.mqttv3.MqttClient;
import org.eclipse.paho.client.mqttv3.MqttException;
import org.eclipse.paho.client.mqttv3.MqttMessage;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;
import org.jspecify.annotations.Nullable;

/** The MQTT clients of others that devices may run. */
enum Client {
    HIVEMQ_5 {
        @Override
        ForeignDevice connect(int port, String id, String filter) {
            return hivemq(port, id, filter);
        }
    },
    PAHO_5 {
        @Override
        ForeignDevice connect(int port, String id, String filter) throws Exception {
            return PahoV5Device.connect(port, id, filter);
        }
    },
    PAHO_311 {
        @Override
        ForeignDevice connect(int port, String id, String filter) throws Exception {
            return paho(port, id, filter);
        }
    },
    MOSQUITTO_5 {
        @Override
        ForeignDevice connect(int port, String id, String filter) throws Exception {
            return mosquitto(port, id, filter, "mqttv5");
        }
    },
    MOSQUITTO_311 {
        @Override
        ForeignDevice connect(int port, String id, String filter) throws Exception {
            return mosquitto(port, id, filter, "mqttv311");
        }
    };

    static final int WAIT_SECONDS = 30;

    /** A device of this id, subscribed. */
    abstract ForeignDevice connect(int port, String id, String filter) throws Exception;

    /** Why it cannot be used here, or null where it can. */
    @Nullable String missing() {
        boolean mosquitto = this == MOSQUITTO_5 || this == MOSQUITTO_311;
        return mosquitto && !isInstalled("mosquitto_sub") ? "mosquitto_sub is not installed" : null;
    }

    /** Whether it speaks MQTT 5 and shows properties. */
    boolean showsProperties() {
        return this == HIVEMQ_5 || this == PAHO_5;
    }

    static <T> T within(@Nullable T arrived) {
        if (arrived == null) {
            throw new AssertionError("nothing came within " + WAIT_SECONDS + " s");
        }
        return arrived;
    }

    private static boolean isInstalled(String program) {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }

    private static ForeignDevice hivemq(int port, String id, String filter) {
        Mqtt5BlockingClient client =
                Mqtt5Client.builder()
                        .identifier(id)
                        .serverHost("127.0.0.1")
                        .serverPort(port)
                        .buildBlocking();
        var _ = client.connect();
        var publishes = client.publishes(MqttGlobalPublishFilter.ALL);
        var granted = client.subscribeWith().topicFilter(filter).qos(MqttQos.AT_LEAST_ONCE).send();
        if (granted.getReasonCodes().getFirst().isError()) {
            throw new AssertionError("SUBACK " + granted);
        }
        return new ForeignDevice() {
            @Override
            public Arrival next() throws InterruptedException {
                Mqtt5Publish publish =
                        within(publishes.receive(WAIT_SECONDS, TimeUnit.SECONDS).orElse(null));
                return new Arrival(
                        publish.getTopic().toString(),
                        new String(publish.getPayloadAsBytes(), StandardCharsets.UTF_8),
                        publish.getContentType().map(Object::toString).orElse(null),
                        publish.getUserProperties().asList().stream()
                                .filter(p -> p.getName().toString().equals("message-id"))
                                .map(p -> p.getValue().toString())
                                .findFirst()
                                .orElse(null));
            }

            @Override
            public void close() {
                publishes.close();
                client.disconnect();
            }
        };
    }

    private static ForeignDevice paho(int port, String id, String filter) throws Exception {
        BlockingQueue<ForeignDevice.Arrival> arrivals = new LinkedBlockingQueue<>();
        var client = new MqttClient("tcp://127.0.0.1:" + port, id, new MemoryPersistence());
        client.setCallback(
                new MqttCallback() {
                    @Override
                    public void messageArrived(String topic, MqttMessage message) {
                        String payload = new String(message.getPayload(), StandardCharsets.UTF_8);
                        arrivals.add(new ForeignDevice.Arrival(topic, payload, null, null));
                    }

                    @Override
                    public void connectionLost(Throwable cause) {}

                    @Override
                    public void deliveryComplete(IMqttDeliveryToken token) {}
                });
        client.connect();
        client.subscribe(filter, 1);
        return new ForeignDevice() {
            @Override
            public Arrival next() throws InterruptedException {
                return within(arrivals.poll(WAIT_SECONDS, TimeUnit.SECONDS));
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
        };
    }

    /** Prints one message and ends. */
    private static ForeignDevice mosquitto(int port, String id, String filter, String version)
            throws IOException {
        Process process =
                new ProcessBuilder(
                                List.of(
                                        "mosquitto_sub",
                                        "-h",
                                        "127.0.0.1",
                                        "-p",
                                        Integer.toString(port),
                                        "-i",
                                        id,
                                        "-t",
                                        filter,
                                        "-q",
                                        "1",
                                        "-V",
                                        version,
                                        "-C",
                                        "1",
                                        "-W",
                                        Integer.toString(WAIT_SECONDS),
                                        "-F",
                                        "%t %p"))
                        .redirectErrorStream(true)
                        .start();
        return new ForeignDevice() {
            @Override
            public Arrival next() throws IOException {
                String line =
                        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                                .strip();
                int space = line.indexOf(' ');
                if (space < 0) {
                    throw new AssertionError("mosquitto_sub printed: " + line);
                }
                return new Arrival(line.substring(0, space), line.substring(space + 1), null, null);
            }

            @Override
            public void close() {
                process.destroyForcibly();
            }
        };
    }
}
