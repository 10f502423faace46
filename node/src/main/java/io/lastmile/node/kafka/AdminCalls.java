package io.lastmile.node.kafka;

import io.lastmile.node.SettingsException;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;

/** Waits for what the admin client is asked. */
final class AdminCalls {
    private AdminCalls() {}

    /**
     * The answer.
     *
     * @throws KafkaException as Kafka says it
     */
    static <T> T get(KafkaFuture<T> future) {
        try {
            return future.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof KafkaException cause) {
                throw cause;
            }
            throw new KafkaException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SettingsException("kafka.bootstrap", "interrupted while waiting for Kafka");
        }
    }

    /** Every effective setting of topics. */
    static Map<String, Map<String, String>> topicConfigs(Admin admin, Collection<String> names) {
        Map<String, Map<String, String>> configs = new HashMap<>();
        Map<ConfigResource, Config> all =
                get(
                        admin.describeConfigs(
                                        names.stream()
                                                .map(name ->
                                                        new ConfigResource(
                                                                ConfigResource.Type.TOPIC, name))
                                                .toList())
                                .all());
        all.forEach((resource, config) -> configs.put(resource.name(), values(config)));
        return configs;
    }

    /** Settings that have a value, by name. */
    static Map<String, String> values(Config config) {
        Map<String, String> values = new HashMap<>();
        config.entries()
                .forEach(entry -> {
                    if (entry.value() != null) {
                        values.put(entry.name(), entry.value());
                    }
                });
        return values;
    }
}
