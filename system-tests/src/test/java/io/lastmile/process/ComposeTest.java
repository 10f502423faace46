package io.lastmile.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.lastmile.bench.load.Answer;
import io.lastmile.bench.load.Fleet;
import io.lastmile.bench.load.HttpProducer;
import io.lastmile.bench.load.Until;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.MessageId;
import io.lastmile.wire.Payload;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The compose file: it comes up, does what README.md says, and loses no message where an edge and a
 * router are killed. Needs a container engine; {@code ./lastmile verify --compose} runs it alone
 * and does not skip it.
 */
class ComposeTest {
    private static final int DEVICES = 12;
    private static final int ROUND = 60;
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private final Set<MessageId> accepted = ConcurrentHashMap.newKeySet();
    private final Set<MessageId> received = ConcurrentHashMap.newKeySet();

    @Test
    @Timeout(value = 15, unit = TimeUnit.MINUTES)
    void nothingIsLostWhereAnEdgeAndARouterAreKilled() throws Exception {
        String missing = ComposeProject.missing();
        boolean required = "required".equals(System.getProperty("lastmile.compose"));
        assumeTrue(required || missing.isEmpty(), "not tested: " + missing);
        assertEquals("", missing);
        try (ComposeProject project = new ComposeProject()) {
            project.compose("up", "--build", "--wait", "--wait-timeout", "240");
            asInTheReadme(project);
            List<DeviceId> devices =
                    IntStream.range(0, DEVICES).mapToObj(i -> new DeviceId("c-" + i)).toList();
            try (Fleet fleet =
                            new Fleet(
                                    devices,
                                    List.of(project.mqtt()),
                                    arrival -> received.add(arrival.received().id()));
                    HttpProducer producer = new HttpProducer(project.api(), 4)) {
                Until.holds("all subscribed", PATIENCE, () -> fleet.subscribed() == DEVICES);
                round(producer, devices);
                arrived();

                project.compose("kill", "edge-1");
                round(producer, devices);
                project.compose("kill", "router-1");
                round(producer, devices);
                arrived();
                Until.holds("all subscribed", PATIENCE, () -> fleet.subscribed() == DEVICES);

                project.compose("up", "--wait", "--wait-timeout", "240");
                round(producer, devices);
                arrived();
            }
        }
    }

    private static void asInTheReadme(ComposeProject project) throws Exception {
        if (ReadmeLines.missing().isEmpty()) {
            ReadmeLines.run(project.api(), project.mqtt());
        } else {
            System.out.println("the lines of README.md were not tried: " + ReadmeLines.missing());
        }
    }

    private void round(HttpProducer producer, List<DeviceId> devices) throws Exception {
        for (int i = 0; i < ROUND; i++) {
            Answer answer =
                    producer.post(
                                    devices.get(i % DEVICES),
                                    Payload.ofText("message " + i),
                                    "text/plain")
                            .get(30, TimeUnit.SECONDS);
            assertTrue(answer.accepted(), answer.toString());
            accepted.add(answer.id());
        }
    }

    private void arrived() {
        Until.holds(
                "all of " + accepted.size() + " messages have arrived",
                PATIENCE,
                () -> received.containsAll(accepted));
    }
}
