package io.lastmile.router.owner;

/**
 * Which logs a checkpoint speaks of.
 *
 * @param partitions P
 * @param messages Kafka's id of the messages topic: another one means another log
 * @param events the same of events
 */
public record LogIds(int partitions, String messages, String events) {}
