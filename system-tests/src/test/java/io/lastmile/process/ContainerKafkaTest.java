package io.lastmile.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.lastmile.bench.process.Deployment;
import io.lastmile.bench.process.ServerProcess;
import io.lastmile.process.foreign.EdgeUrl;
import io.lastmile.process.foreign.ForeignClient;
import io.lastmile.process.foreign.ForeignDevice;
import io.lastmile.process.foreign.Inbox;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.MessageId;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.kafka.KafkaContainer;

/** The path against Kafka as others run it: the image of Apache Kafka. Needs a container engine. */
@Timeout(value = 300, unit = TimeUnit.SECONDS)
class ContainerKafkaTest {
    @Test
    void theServicesRunAgainstTheKafkaImage() throws Exception {
        assumeTrue(
                DockerClientFactory.instance().isDockerAvailable(),
                "not tested: there is no Docker engine here");
        try (KafkaContainer kafka = new KafkaContainer("apache/kafka:4.3.1");
                Deployment deployment =
                        Processes.deployment("container", "--kafka.single-replica=true")) {
            kafka.start();
            String bootstrap = kafka.getBootstrapServers();
            ServerProcess api = deployment.api("api", bootstrap);
            ServerProcess edge = deployment.edge("edge", bootstrap);
            Deployment.startAll(api, deployment.router("router", bootstrap), edge);
            DeviceId device = new DeviceId("contained-1");
            try (ForeignDevice subscribed =
                    ForeignClient.HIVEMQ_5.connect(
                            EdgeUrl.tcp(edge.port("edge.mqtt.port")),
                            new Inbox(device.value(), "inbox/+", 1))) {
                MessageId id =
                        new ApiCalls(api.port("api.port")).accepted(device, "out of a container");
                ForeignDevice.Arrival arrival = subscribed.next();
                assertEquals("inbox/" + id, arrival.topic());
                assertEquals("out of a container", arrival.payload());
            }
        }
    }
}
