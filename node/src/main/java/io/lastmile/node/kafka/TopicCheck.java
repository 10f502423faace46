package io.lastmile.node.kafka;

import io.lastmile.node.Clock;
import io.lastmile.node.SettingsException;
import io.lastmile.wire.record.Topic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The first thing every service does with Kafka: it waits for it, makes the topics that are missing
 * and refuses to start where one is not what it must be.
 */
public final class TopicCheck {
    /** How long a service waits for Kafka when it starts. */
    public static final Duration WAIT = Duration.ofMinutes(2);

    private static final Logger LOG = LoggerFactory.getLogger(TopicCheck.class);
    private static final int ATTEMPT_MS = 5_000;
    private static final int PAUSE_MS = 200;

    private TopicCheck() {}

    /**
     * Sees to it that all topics are there and right. Several services may do so at once.
     *
     * @param deadline how long to wait for a Kafka that does not answer
     * @throws SettingsException where a topic is wrong, with the fix, or where no Kafka answers
     */
    public static TopicIds ensure(KafkaSettings settings, Duration deadline) {
        Clock clock = Clock.system(); // this runs once, where a process starts
        long endNs = clock.nanoTime() + deadline.toNanos();
        Map<Topic, TopicPlan> plans = new EnumMap<>(Topic.class);
        for (Topic topic : Topic.values()) {
            plans.put(topic, TopicPlan.of(topic, settings));
        }
        while (true) {
            Exception failure;
            try (Admin admin =
                    Admin.create(
                            settings.admin(
                                    Map.of(
                                            AdminClientConfig.CLIENT_ID_CONFIG,
                                            "lastmile-topic-check",
                                            AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG,
                                            ATTEMPT_MS - 1_000,
                                            AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                                            ATTEMPT_MS)))) {
                TopicIds ids = attempt(admin, plans, settings);
                if (ids != null) {
                    return ids;
                }
                failure = new KafkaException("the topics just made are not known everywhere yet");
            } catch (KafkaException e) {
                failure = e;
            }
            refuseFinal(settings, failure);
            if (clock.nanoTime() - endNs > 0) {
                throw new SettingsException(
                        "kafka.bootstrap",
                        "no Kafka answers at "
                                + settings.bootstrap()
                                + " ("
                                + failure.getMessage()
                                + "). Start it, or set kafka.bootstrap to where it is");
            }
            LOG.atInfo()
                    .addKeyValue("bootstrap", settings.bootstrap())
                    .addKeyValue("reason", failure.getMessage())
                    .log("Waiting for Kafka");
            pause();
        }
    }

    /** One try; null where Kafka does not know all topics yet. */
    private static @Nullable TopicIds attempt(
            Admin admin, Map<Topic, TopicPlan> plans, KafkaSettings settings) {
        Set<String> present = AdminCalls.get(admin.listTopics().names());
        List<NewTopic> missing = new ArrayList<>();
        for (TopicPlan plan : plans.values()) {
            if (!present.contains(plan.name())) {
                missing.add(
                        new NewTopic(plan.name(), plan.partitions(), plan.replication())
                                .configs(plan.config()));
            }
        }
        if (!missing.isEmpty()) {
            create(admin, missing);
            // A broker learns of new topics a moment after the controller has made them.
            if (!AdminCalls.get(admin.listTopics().names()).containsAll(names(plans))) {
                return null;
            }
        }
        Map<String, TopicDescription> described =
                AdminCalls.get(admin.describeTopics(names(plans)).allTopicNames());
        Map<String, Map<String, String>> configs = AdminCalls.topicConfigs(admin, names(plans));
        Map<Topic, Uuid> ids = new EnumMap<>(Topic.class);
        plans.forEach((topic, plan) -> {
            TopicDescription description = required(described, plan.name());
            TopicPlan.Found found =
                    new TopicPlan.Found(
                            description.partitions().size(),
                            description.partitions().stream()
                                    .mapToInt(partition -> partition.replicas().size())
                                    .min()
                                    .orElse(0),
                            required(configs, plan.name()));
            plan.difference(found)
                    .ifPresent(problem -> {
                        throw new SettingsException("topic " + plan.name(), problem);
                    });
            ids.put(topic, description.topicId());
        });
        return new TopicIds(settings.partitions(), ids);
    }

    private static void create(Admin admin, List<NewTopic> missing) {
        admin.createTopics(missing)
                .values()
                .forEach((name, made) -> {
                    try {
                        AdminCalls.get(made);
                        LOG.atInfo().addKeyValue("topic", name).log("Topic made");
                    } catch (TopicExistsException e) {
                        LOG.atDebug().addKeyValue("topic", name).log("Topic made by another");
                    }
                });
    }

    private static List<String> names(Map<Topic, TopicPlan> plans) {
        return plans.values().stream().map(TopicPlan::name).toList();
    }

    private static <V> V required(Map<String, V> byName, String name) {
        V value = byName.get(name);
        if (value == null) {
            throw new KafkaException("Kafka left out topic " + name);
        }
        return value;
    }

    /** What no waiting will put right. */
    private static void refuseFinal(KafkaSettings settings, Exception failure) {
        switch (failure) {
            case InvalidReplicationFactorException e ->
                    throw new SettingsException(
                            "kafka.single-replica",
                            "the topics need three brokers ("
                                    + e.getMessage()
                                    + "). Start three, or set kafka.single-replica=true where losing"
                                    + " messages does not matter");
            case AuthenticationException e ->
                    throw new SettingsException(
                            "kafka.security.protocol",
                            "Kafka refused the login ("
                                    + e.getMessage()
                                    + "). Check kafka.security.protocol and kafka.sasl.*");
            case AuthorizationException e ->
                    throw new SettingsException(
                            "topic " + settings.prefix() + "*",
                            "Kafka does not allow this user to list, create and describe topics ("
                                    + e.getMessage()
                                    + "). Grant it, or create the topics beforehand");
            default -> {}
        }
    }

    private static void pause() {
        try {
            Thread.sleep(
                    PAUSE_MS); // an attempt itself waits: this only keeps a refusal from spinning
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SettingsException("kafka.bootstrap", "interrupted while waiting for Kafka");
        }
    }
}
