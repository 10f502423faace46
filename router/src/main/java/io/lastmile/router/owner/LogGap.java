package io.lastmile.router.owner;

import io.lastmile.wire.record.Topic;

/**
 * A checkpoint's position that its log does not have: retention took what was not read, or Kafka
 * lost its end.
 *
 * @param checkpoint the position
 * @param from where reading goes on
 */
public record LogGap(Topic topic, long checkpoint, long from) {}
