package io.lastmile.node.kafka;

import io.lastmile.wire.record.Topic;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.config.TopicConfig;

/**
 * What a topic is created with, and what an existing one must have.
 *
 * @param name in Kafka
 * @param replication and insyncMin: 0 where an existing topic may have any
 * @param retentionMsMin what an existing topic must keep at least; 0 for any
 * @param config to create it with
 * @param exact settings that must be exactly so
 */
record TopicPlan(
        String name,
        int partitions,
        short replication,
        int insyncMin,
        long retentionMsMin,
        Map<String, String> config,
        List<String> exact) {
    private static final long DAY_MS = 86_400_000L;

    /** The longest ttl and the longest not-before: a message may have to be kept for both. */
    private static final long MESSAGES_RETENTION_MS = (28 + 28) * DAY_MS;

    /**
     * What was found in Kafka.
     *
     * @param config every effective setting
     */
    record Found(int partitions, int replication, Map<String, String> config) {}

    static TopicPlan of(Topic topic, KafkaSettings settings) {
        Map<String, String> config = new LinkedHashMap<>();
        List<String> exact = new ArrayList<>(List.of(TopicConfig.CLEANUP_POLICY_CONFIG));
        long retentionMsMin = 0;
        switch (topic) {
            case MESSAGES, BROADCASTS -> {
                retentionMsMin = MESSAGES_RETENTION_MS;
                keep(config, MESSAGES_RETENTION_MS);
                config.put(TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG, "LogAppendTime");
                config.put(
                        TopicConfig.MAX_MESSAGE_BYTES_CONFIG,
                        Integer.toString(KafkaSettings.MESSAGE_BYTES_MAX));
                exact.add(TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG);
                exact.add(TopicConfig.RETENTION_BYTES_CONFIG);
            }
            case EVENTS -> {
                retentionMsMin = DAY_MS;
                keep(config, 7 * DAY_MS);
                exact.add(TopicConfig.RETENTION_BYTES_CONFIG);
            }
            case RECEIPTS -> keep(config, 7 * DAY_MS);
            case REJECTS -> {
                keep(config, 7 * DAY_MS);
                config.put(
                        TopicConfig.MAX_MESSAGE_BYTES_CONFIG,
                        Integer.toString(KafkaSettings.MESSAGE_BYTES_MAX));
            }
            case PRESENCE, INBOX, MEMBERS -> compact(config, 32);
            case REVOCATIONS -> {
                compact(config, 16);
                // That a device is disconnected once is deleted at once; who follows must see it.
                config.put(TopicConfig.MIN_COMPACTION_LAG_MS_CONFIG, "600000");
            }
            case NODES -> {
                compact(config, 16);
                // Nodes has many writers: who reads it to an end it asked for, or counts the beats
                // between two of an edge, must not lose the older one to the cleaner meanwhile.
                config.put(TopicConfig.MIN_COMPACTION_LAG_MS_CONFIG, "600000");
                // The append time of its own heartbeat is how an owner knows the time.
                config.put(TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG, "LogAppendTime");
                exact.add(TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG);
            }
        }
        int insyncMin = settings.singleReplica() ? 1 : 2;
        config.put(TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG, Integer.toString(insyncMin));
        return new TopicPlan(
                settings.topic(topic),
                topic.byDevice() ? settings.partitions() : 1,
                (short) (settings.singleReplica() ? 1 : 3),
                insyncMin,
                retentionMsMin,
                Map.copyOf(config),
                List.copyOf(exact));
    }

    private static void keep(Map<String, String> config, long ms) {
        config.put(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_DELETE);
        config.put(TopicConfig.RETENTION_MS_CONFIG, Long.toString(ms));
        config.put(TopicConfig.RETENTION_BYTES_CONFIG, "-1");
    }

    private static void compact(Map<String, String> config, int segmentMib) {
        config.put(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_COMPACT);
        // Small segments: only closed ones are compacted, and a restore reads what is not.
        config.put(TopicConfig.SEGMENT_MS_CONFIG, "600000");
        config.put(TopicConfig.SEGMENT_BYTES_CONFIG, Integer.toString(segmentMib << 20));
        config.put(TopicConfig.MIN_CLEANABLE_DIRTY_RATIO_CONFIG, "0.2");
        // Longer than any restore takes, or a restore could miss a tombstone.
        config.put(TopicConfig.DELETE_RETENTION_MS_CONFIG, "3600000");
    }

    /** What is wrong with an existing topic and how to put it right; empty where nothing is. */
    Optional<String> difference(Found found) {
        if (found.partitions() != partitions) {
            return Optional.of(
                    "has "
                            + found.partitions()
                            + " partitions, must have "
                            + partitions
                            + ". The number is fixed once the topics are made: set kafka.partitions"
                            + " to what they have, or use another kafka.topic-prefix");
        }
        if (insyncMin > 1 && found.replication() < replication) {
            return Optional.of(
                    "has replication factor "
                            + found.replication()
                            + ", must have at least "
                            + replication
                            + ". Raise it with kafka-reassign-partitions, or set"
                            + " kafka.single-replica=true where losing messages does not matter");
        }
        for (String key : exact) {
            String must = config.getOrDefault(key, "");
            String is = found.config().getOrDefault(key, "");
            if (!is.equals(must)) {
                return Optional.of(alter(key, is, must, must));
            }
        }
        long insync = number(found, TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG);
        if (insyncMin > 1 && insync < insyncMin) {
            return Optional.of(
                    alter(
                            TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG,
                            Long.toString(insync),
                            "at least " + insyncMin,
                            Integer.toString(insyncMin)));
        }
        long retentionMs = number(found, TopicConfig.RETENTION_MS_CONFIG);
        if (retentionMs >= 0 && retentionMs < retentionMsMin) {
            return Optional.of(
                    alter(
                            TopicConfig.RETENTION_MS_CONFIG,
                            Long.toString(retentionMs),
                            "at least " + retentionMsMin,
                            Long.toString(retentionMsMin)));
        }
        String bytesMax = config.get(TopicConfig.MAX_MESSAGE_BYTES_CONFIG);
        long foundBytesMax = number(found, TopicConfig.MAX_MESSAGE_BYTES_CONFIG);
        if (bytesMax != null && foundBytesMax < Long.parseLong(bytesMax)) {
            return Optional.of(
                    alter(
                            TopicConfig.MAX_MESSAGE_BYTES_CONFIG,
                            Long.toString(foundBytesMax),
                            "at least " + bytesMax,
                            bytesMax));
        }
        return Optional.empty();
    }

    private static long number(Found found, String key) {
        try {
            return Long.parseLong(found.config().getOrDefault(key, "-1"));
        } catch (NumberFormatException e) {
            return -1; // Kafka says no such thing of a numeric setting
        }
    }

    private String alter(String key, String is, String must, String fix) {
        return "has "
                + key
                + "="
                + is
                + ", must be "
                + must
                + ". Run: kafka-configs.sh --bootstrap-server ... --alter --entity-type topics"
                + " --entity-name "
                + name
                + " --add-config "
                + key
                + "="
                + fix;
    }
}
