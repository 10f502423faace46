package io.lastmile.router.kafka;

/**
 * The readers of the log that all owned partitions share.
 *
 * @param messages from the watermarks on
 * @param events from the checkpoints' positions on
 * @param broadcasts for all owned partitions at once
 * @param bodies of messages that are not in memory any more
 * @param broadcastBodies the same of broadcasts
 * @param ends where the logs end now
 */
public record LogReaders(
        MessagesReader messages,
        EventsReader events,
        BroadcastsReader broadcasts,
        Bodies bodies,
        Bodies broadcastBodies,
        LogEnds ends) {}
