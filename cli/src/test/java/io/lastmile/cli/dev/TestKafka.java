package io.lastmile.cli.dev;

import io.lastmile.bench.process.FreePorts;
import io.lastmile.node.kafka.KafkaSettings;
import io.lastmile.node.kafka.TopicCheck;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/** A node of Kafka in the test's own process, with Lastmile's topics. */
public final class TestKafka implements AutoCloseable {
    /** P of its topics. */
    public static final int PARTITIONS = 4;

    private final EmbeddedKafka kafka;
    private final KafkaSettings settings;

    /** Starts it; its log goes to the folder. */
    public TestKafka(Path data) {
        kafka =
                new EmbeddedKafka(
                        KafkaNode.alone(data, "127.0.0.1", FreePorts.next(), FreePorts.next()));
        settings = new KafkaSettings(kafka.bootstrap(), "lastmile.", PARTITIONS, true, Map.of());
        TopicCheck.ensure(settings, Duration.ofSeconds(60));
    }

    /** How to reach it. */
    public KafkaSettings settings() {
        return settings;
    }

    @Override
    public void close() {
        kafka.close();
    }
}
